import type {
  BucketRead,
  DurationsRead,
  ExecutionStatus,
  MetricsRead,
  WorkflowTallyRead,
} from "@/api/generated/management-api/types.gen";

export type Metrics = MetricsRead;
export type Bucket = BucketRead;
export type Durations = DurationsRead;
export type WorkflowTally = WorkflowTallyRead;
export type MetricsWindow = Metrics["window"];

export const windowWords: Record<MetricsWindow, string> = { "24h": "Last 24 hours", "7d": "Last 7 days" };

type ByStatus = Partial<Record<ExecutionStatus, number>>;

export function failuresOf(byStatus: ByStatus): number {
  return (byStatus.Failed ?? 0) + (byStatus.TimedOut ?? 0);
}

/** `12 %`, `0.4 %`; a dash where nothing has ended. */
export function rateText(rate: number | null): string {
  if (rate === null) {
    return "–";
  }
  const percent = rate * 100;
  const digits = percent > 0 && percent < 10 && !Number.isInteger(percent) ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
}

const hourAndMinute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const hour = new Intl.DateTimeFormat(undefined, hourAndMinute);
const dayAndHour = new Intl.DateTimeFormat(undefined, { weekday: "short", ...hourAndMinute });

/** When a bucket begins, in the reader's zone. */
export function bucketLabel({ startsAt }: Bucket, window: MetricsWindow): string {
  return (window === "24h" ? hour : dayAndHour).format(new Date(startsAt));
}

/** One bucket as the charts draw it; durations in seconds, null where none has ended. */
export interface ChartPoint {
  label: string;
  succeeded: number;
  failed: number;
  others: number;
  p50: number | null;
  p95: number | null;
}

function seconds(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds / 10) / 100;
}

export function chartPoints({ buckets, window }: Metrics): ChartPoint[] {
  return buckets.map((bucket) => {
    const succeeded = bucket.byStatus.Success ?? 0;
    const failed = failuresOf(bucket.byStatus);
    return {
      label: bucketLabel(bucket, window),
      succeeded,
      failed,
      others: bucket.count - succeeded - failed,
      p50: seconds(bucket.durations.p50Ms),
      p95: seconds(bucket.durations.p95Ms),
    };
  });
}

/** What the charts show, in a sentence for those who cannot see them. */
export function chartSummary({ total, buckets, window }: Metrics): string {
  const busiest = buckets.reduce<Bucket | null>((most, one) => (one.count > (most?.count ?? 0) ? one : most), null);
  const most = busiest === null ? "" : ` Most of them, ${busiest.count}, from ${bucketLabel(busiest, window)} on.`;
  return `${windowWords[window]}: ${total.count} executions, ${failuresOf(total.byStatus)} of them failed.${most}`;
}

/** Whose executions the numbers count. */
export function scopeText(organizations: number | null): string {
  if (organizations === null) {
    return "All organizations.";
  }
  const which = organizations === 1 ? "The one organization" : `The ${organizations} organizations`;
  return `${which} whose history you may view.`;
}
