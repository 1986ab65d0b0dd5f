/** `1 person`, `3 people`: how many there are, in words that fit the number. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
