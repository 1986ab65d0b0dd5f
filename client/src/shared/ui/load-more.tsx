import { Button, Group, Text } from "@mantine/core";

interface LoadMoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  /** How many are shown, in words: "50 executions". */
  shown?: string;
}

/** The end of a list that goes on. */
export function LoadMore({ query, shown }: LoadMoreProps) {
  if (!query.hasNextPage) {
    return null;
  }
  return (
    <Group>
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Load more
      </Button>
      {shown !== undefined && (
        <Text size="sm" c="dimmed" aria-live="polite">
          {shown}
        </Text>
      )}
    </Group>
  );
}
