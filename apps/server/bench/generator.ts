import autocannon, { type AutocannonOptions, type AutocannonRequest } from 'autocannon'
import { serve } from './child-process.ts'
import { percentile } from './percentile.ts'
import { webhookBody } from './webhook-body.ts'

/** What to send, and how. */
export interface Load {
  readonly url: string
  /** Taken in turn. */
  readonly paths: readonly string[]
  readonly connections: number
  readonly seconds: number
  /** Requests per second, whatever the answers do. Absent: each connection sends again as soon as it has its answer. */
  readonly rate?: number
  /** Every webhook is about this booking. Absent: each is about another one. */
  readonly about?: number
  /** Requests per connection, after which it ends. */
  readonly each?: number
}

/** What came back. Times in milliseconds, from sending to the whole answer. */
export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly sent: number
  /** From the first to the last answer. */
  readonly lasted: number
  /** Answers other than 200 by status, and requests without one by what went wrong. */
  readonly failed: Readonly<Record<string, number>>
}

/** Milliseconds at the start whose answers do not count: connections are made, and in an open loop there are many. */
const runUp = (load: Load): number => (load.rate === undefined ? 500 : 2500)

/** Reservations are numbered on through all loads, so that no webhook is a double of an earlier one. */
let reservation = 10_000_000

async function run(load: Load): Promise<LoadResult> {
  const from = performance.now() + runUp(load)
  const until = from + load.seconds * 1000
  const times: number[] = []
  const failed: Record<string, number> = {}
  const fail = (why: string) => (failed[why] = (failed[why] ?? 0) + 1)
  let sent = 0
  let [first, last] = [0, 0]
  const record = (_client: unknown, status: number, _bytes: number, time: number): void => {
    const now = performance.now()
    if (sent++ === 0) first = now
    last = now
    if (status !== 200) fail(String(status))
    else if (now >= from && now <= until) times.push(time)
  }
  const noAnswer = ({ code, message }: NodeJS.ErrnoException) => fail(code ?? message)
  await Promise.all(instancesOf(load).map(({ options, after }) => start(options, after, { record, noAnswer })))
  const sorted = Float64Array.from(times).sort()
  return {
    perSecond: sorted.length / load.seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    p999: percentile(sorted, 0.999),
    sent,
    lasted: last - first,
    failed,
  }
}

interface Instance {
  readonly options: AutocannonOptions
  /** Milliseconds to wait before the start. */
  readonly after: number
}

/**
 * autocannon's rate is a quota per connection and second, used up at once at the start of its second. So an open loop is
 * made of connections that send one request per second each, started evenly over one second: then a request leaves when
 * its time has come, whatever the answers of the others do, and no wait is left out of the figures.
 */
function instancesOf(load: Load): readonly Instance[] {
  const common = { url: load.url, duration: load.seconds + runUp(load) / 1000, requests: [requestOf(load)] }
  if (load.rate === undefined) return [{ options: { ...common, connections: load.connections }, after: 0 }]
  const rate = Math.round(load.rate)
  const groups = Math.min(rate, 100)
  return Array.from({ length: groups }, (_, group) => {
    const share = Math.floor(rate / groups) + (group < rate % groups ? 1 : 0)
    const amount = load.each === undefined ? {} : { amount: share * load.each }
    const options = { ...common, connections: share, overallRate: share, ...amount }
    return { options, after: (group * 1000) / groups }
  })
}

function requestOf({ paths, about }: Load): AutocannonOptions['requests'][number] {
  const next = (): AutocannonRequest => {
    reservation++
    const sender = `192.0.2.${reservation % 250}`
    return {
      method: 'POST',
      path: paths[reservation % paths.length] ?? '/',
      headers: { 'content-type': 'application/json', 'user-agent': 'Symfony BrowserKit', 'x-forwarded-for': sender },
      body: webhookBody(about ?? reservation, reservation),
    }
  }
  // autocannon writes the bytes to send into the object it is given, so it gets it back with new words.
  return { ...next(), setupRequest: (request) => Object.assign(request, next()) }
}

interface Listeners {
  readonly record: (client: unknown, status: number, bytes: number, time: number) => void
  readonly noAnswer: (error: NodeJS.ErrnoException) => void
}

function start(options: AutocannonOptions, after: number, { record, noAnswer }: Listeners): Promise<void> {
  return new Promise((done, fail) => {
    const begin = () => {
      const instance = autocannon(options, (error) => (error ? fail(error) : done()))
      instance.on('response', record)
      instance.on('reqError', noAnswer)
    }
    if (after === 0) begin()
    else setTimeout(begin, after)
  })
}

await serve({}, run, () => Promise.resolve())
