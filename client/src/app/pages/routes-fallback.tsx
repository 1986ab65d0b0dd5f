import { Box } from "@mantine/core";

import { Loading } from "@/shared/ui/loading";

/** While the person or the first page's code is loading. */
export function RoutesFallback() {
  return (
    <Box p="xl" maw={900} mx="auto" component="main">
      <Loading label="Loading" rows={4} height={56} />
    </Box>
  );
}
