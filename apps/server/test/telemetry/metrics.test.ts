import { expect, it } from 'vitest'
import { hubMetrics } from '../../src/telemetry/hub-metrics.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'

it('writes counters, histograms and gauges as Prometheus reads them', async () => {
  const metrics = createMetrics()
  const seen = metrics.counter('seen_total', 'Things seen.', ['kind'])
  const took = metrics.histogram('took_seconds', 'Time taken.', ['route'], [0.1, 1])
  metrics.gauge('level', 'How high.', [], () => [{ values: [], value: 7 }])
  seen.add(['a'])
  seen.add(['a'], 2)
  seen.add(['quote " back \\ line \n'])
  for (const value of [0.05, 0.1, 0.5, 9]) took.observe(['/x'], value)
  expect(await metrics.render()).toBe(
    [
      '# HELP seen_total Things seen.',
      '# TYPE seen_total counter',
      'seen_total{kind="a"} 3',
      'seen_total{kind="quote \\" back \\\\ line \\n"} 1',
      '# HELP took_seconds Time taken.',
      '# TYPE took_seconds histogram',
      'took_seconds_bucket{route="/x",le="0.1"} 2',
      'took_seconds_bucket{route="/x",le="1"} 3',
      'took_seconds_bucket{route="/x",le="+Inf"} 4',
      'took_seconds_sum{route="/x"} 9.65',
      'took_seconds_count{route="/x"} 4',
      '# HELP level How high.',
      '# TYPE level gauge',
      'level 7',
      '# HELP stayward_metrics_failed Readings behind these metrics that failed since the start.',
      '# TYPE stayward_metrics_failed counter',
      'stayward_metrics_failed 0',
      '',
    ].join('\n'),
  )
})

it('refuses a metric that is declared twice and labels that do not fit', () => {
  const metrics = createMetrics()
  const counter = metrics.counter('a', 'A.', ['x'])
  expect(() => metrics.counter('a', 'A.', [])).toThrow('twice')
  expect(() => counter.add([])).toThrow('1 label values')
})

it('shows the queue and alerts, and goes on without them when they cannot be read', async () => {
  const metrics = createMetrics()
  let works = true
  const queue = async () => {
    if (!works) throw new Error('away')
    return [{ kind: 'device', waiting: 3, backingOff: 1, oldestDue: 2.5 }]
  }
  hubMetrics(metrics, {
    queue,
    openAlerts: async () => [{ kind: 'arrival', count: 2 }],
    unannounced: async () => [{ adapter: 'smoobu', connection: 'c1', count: 7 }],
    intakeWaiting: () => 4,
  })
  const good = await metrics.render()
  for (const line of [
    'stayward_work_waiting{kind="device"} 3',
    'stayward_work_backing_off{kind="device"} 1',
    'stayward_work_oldest_due_seconds{kind="device"} 2.5',
    'stayward_alerts_open{kind="arrival"} 2',
    'stayward_intake_waiting 4',
    'stayward_unannounced_changes{adapter="smoobu",connection="c1"} 7',
    'stayward_metrics_failed 0',
  ])
    expect(good.split('\n')).toContain(line)
  works = false
  const bad = await metrics.render()
  expect(bad).not.toContain('stayward_work_waiting{')
  expect(bad).toContain('stayward_alerts_open{kind="arrival"} 2')
  expect(bad).toContain('stayward_metrics_failed 1')
})
