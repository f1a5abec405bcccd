import { type Call, type Instant, instantOf, millisecondsOf, type Opening, unreadable } from '@stayward/core/adapter'
import { logPageSize, type TwoNApi } from './2n-api.ts'
import type { LogEvent } from './2n-shapes.ts'
import { clockTolerance } from './health.ts'
import { vendor } from './refusals.ts'

/** Seconds read besides, so that nothing falls between two readings. */
const overlap = 60
/** 12,800 events; a device keeps 10,000. */
const mostPulls = 100

/**
 * Openings by a code since an instant, oldest first. Each reading makes a channel of its own that begins in the past: no
 * channel has to be kept alive between looks, and none that died has swallowed anything.
 */
export async function readOpenings(
  api: TwoNApi,
  since: Instant,
  now: Instant,
  offset: number,
  call: Call,
): Promise<readonly Opening[]> {
  const seconds = Math.max(1, Math.ceil((millisecondsOf(now) - millisecondsOf(since)) / 1000) + overlap)
  const channel = await api.subscribe(seconds, call)
  const events = new Map<number, LogEvent>()
  for (let pulls = 0; ; pulls += 1) {
    if (pulls === mostPulls) throw unreadable(vendor, { effect: 'read' }, 'with a log that does not end')
    const page = await api.pull(channel, call)
    for (const event of page) events.set(event.id, event)
    if (page.length < logPageSize) break
  }
  await api.unsubscribe(channel, call)
  // A clock that is wrong dates everything wrongly by as much.
  const shift = Math.abs(offset) > clockTolerance ? offset : 0
  return openingsIn(Array.from(events.values()))
    .map(({ utcTime, params }) => ({
      at: instantOf(utcTime * 1000 - shift),
      ...(params?.uuid ? { vendorRef: params.uuid.toUpperCase() } : {}),
    }))
    .filter(({ at }) => at >= since)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/**
 * A person who was let in. A switch code says no more than that it was typed and is valid; a PIN is followed by a verdict
 * in the same session, and then the verdict counts.
 */
function openingsIn(events: readonly LogEvent[]): readonly LogEvent[] {
  const judged = new Set(
    events
      .filter(({ event }) => event === 'UserAuthenticated' || event === 'UserRejected')
      .flatMap(({ params }) => params?.session ?? []),
  )
  return events.filter(({ event, params }) => {
    if (event === 'UserAuthenticated') return true
    const isJudged = params?.session != null && judged.has(params.session)
    return event === 'CodeEntered' && params?.valid === true && params.uuid != null && !isJudged
  })
}
