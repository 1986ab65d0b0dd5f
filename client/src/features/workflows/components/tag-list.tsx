import { Badge, Group, Text } from "@mantine/core";

/** Tags of a workflow; a dash for none. */
export function TagList({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) {
    return (
      <Text span c="dimmed" inherit>
        –
      </Text>
    );
  }
  return (
    <Group gap={6}>
      {tags.map((tag) => (
        <Badge key={tag} color="gray">
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
