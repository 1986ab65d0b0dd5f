import type { AxiosResponse } from "axios";

type Headers = AxiosResponse["headers"];

/** Something with the version that a change of it has to name. */
export interface Versioned<T> {
  value: T;
  etag: string | null;
}

/** Some items of a list, and where the list goes on. */
export interface ListPage<T> {
  items: T[];
  next: string | null;
}

function header(headers: Headers, name: string): string | null {
  const value: unknown = headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}

export function versioned<T>({ data, headers }: { data: T; headers: Headers }): Versioned<T> {
  return { value: data, etag: header(headers, "etag") };
}

export function listPage<T>({ data, headers }: { data: T[]; headers: Headers }): ListPage<T> {
  return { items: data, next: header(headers, "x-next-cursor") };
}

/** Refuses the change if somebody else changed the same thing since it was read. */
export function ifMatch(etag: string | null | undefined) {
  return etag === null || etag === undefined ? {} : { "If-Match": etag };
}

/** Names one request that creates, so that sending it twice creates once. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

/** Every item of a list that is short by nature, whatever number of pages the API cuts it into. */
export async function allItems<T>(load: (cursor: string | undefined) => Promise<ListPage<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await load(cursor);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}
