/**
 * Counters, histograms and gauges of one process, written as Prometheus text (version 0.0.4). Label values come from
 * closed sets: kinds, outcomes, route patterns, adapter ids. Never a tenant, a person or a secret.
 */
export interface Metrics {
  counter(name: string, help: string, labels: readonly string[]): Counter
  histogram(name: string, help: string, labels: readonly string[], buckets: readonly number[]): Histogram
  /** `read` is asked when the metrics are; it gives every series of this gauge. */
  gauge(name: string, help: string, labels: readonly string[], read: () => readonly Sample[]): void
  /** Runs before each rendering, to bring gauges up to date. A failing one is reported by `stayward_metrics_failed`. */
  beforeRender(prepare: () => Promise<void>): void
  render(): Promise<string>
}

export interface Counter {
  /** Adds `by` (1) to the series of these label values, in the order the labels were declared. */
  add(values: readonly string[], by?: number): void
}

export interface Histogram {
  observe(values: readonly string[], value: number): void
}

export interface Sample {
  readonly values: readonly string[]
  readonly value: number
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

export function createMetrics(): Metrics {
  const families = new Map<string, () => readonly string[]>()
  const preparations: (() => Promise<void>)[] = []
  let failed = 0

  const declare = (name: string, type: string, help: string, lines: () => readonly string[]): void => {
    if (families.has(name)) throw new TypeError(`the metric ${name} is declared twice`)
    families.set(name, () => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines()])
  }

  return {
    counter(name, help, labels) {
      const series = new Map<string, number>()
      // Series whose labels are not known beforehand appear with their first count.
      if (labels.length === 0) series.set('', 0)
      declare(name, 'counter', help, () => [...series].map(([key, value]) => `${name}${key} ${value}`))
      const keyOf = keysOf(labels)
      return {
        add(values, by = 1) {
          const key = keyOf(values)
          series.set(key, (series.get(key) ?? 0) + by)
        },
      }
    },
    histogram(name, help, labels, buckets) {
      const series = new Map<string, Spread>()
      declare(name, 'histogram', help, () =>
        [...series.values()].flatMap((spread) => spreadLines(name, labels, buckets, spread)),
      )
      const keyOf = keysOf(labels)
      return {
        observe(values, value) {
          const key = keyOf(values)
          let spread = series.get(key)
          if (!spread) series.set(key, (spread = { values, counts: buckets.map(() => 0), count: 0, sum: 0 }))
          spread.count++
          spread.sum += value
          const at = buckets.findIndex((bound) => value <= bound)
          if (at >= 0) spread.counts[at] = (spread.counts[at] ?? 0) + 1
        },
      }
    },
    gauge(name, help, labels, read) {
      const keyOf = keysOf(labels)
      declare(name, 'gauge', help, () => read().map(({ values, value }) => `${name}${keyOf(values)} ${value}`))
    },
    beforeRender(prepare) {
      preparations.push(prepare)
    },
    async render() {
      const results = await Promise.allSettled(preparations.map((prepare) => prepare()))
      failed += results.filter(({ status }) => status === 'rejected').length
      const failures = [
        '# HELP stayward_metrics_failed Readings behind these metrics that failed since the start.',
        '# TYPE stayward_metrics_failed counter',
        `stayward_metrics_failed ${failed}`,
      ]
      return `${[...[...families.values()].flatMap((lines) => lines()), ...failures].join('\n')}\n`
    },
  }
}

interface Spread {
  readonly values: readonly string[]
  readonly counts: number[]
  count: number
  sum: number
}

function spreadLines(name: string, labels: readonly string[], buckets: readonly number[], spread: Spread): string[] {
  const keyOf = keysOf([...labels, 'le'])
  let total = 0
  const lines = buckets.map((bound, index) => {
    total += spread.counts[index] ?? 0
    return `${name}_bucket${keyOf([...spread.values, String(bound)])} ${total}`
  })
  const own = keysOf(labels)(spread.values)
  return [
    ...lines,
    `${name}_bucket${keyOf([...spread.values, '+Inf'])} ${spread.count}`,
    `${name}_sum${own} ${spread.sum}`,
    `${name}_count${own} ${spread.count}`,
  ]
}

/** Turns label values into the text between a metric's name and its value: `{kind="device",outcome="done"}`. */
function keysOf(labels: readonly string[]): (values: readonly string[]) => string {
  return (values) => {
    if (values.length !== labels.length)
      throw new TypeError(`${labels.length} label values are needed, got ${values.length}`)
    return labels.length === 0
      ? ''
      : `{${labels.map((label, index) => `${label}="${escape(values[index] ?? '')}"`).join(',')}}`
  }
}

const escape = (text: string): string => text.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))
