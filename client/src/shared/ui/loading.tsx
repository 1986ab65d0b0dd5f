import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";

interface LoadingProps {
  /** What is loading, for those who cannot see the placeholder. */
  label: string;
  rows?: number;
  height?: number;
}

/** Placeholders of roughly the shape that will come; they appear after 200 ms. */
export function Loading({ label, rows = 5, height = 40 }: LoadingProps) {
  return (
    <Stack gap="xs" role="status" aria-busy>
      <VisuallyHidden>{label}</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius="sm" />
      ))}
    </Stack>
  );
}
