import type { Instant } from '../domain/instant.ts'
import { AdapterError, type FailureCode } from '../ports/adapter-error.ts'
import type { Alert, DeviceView, Effects, TimelineEntry } from '../ports/stores.ts'
import type { Look } from '../ports/work-queue.ts'
import type { DeviceEngine, Engine } from './engine.ts'
import { unreachedAlert, unreachedBy } from './unreached.ts'

/** Whom a failure in a look is about. */
export interface Concerned {
  readonly connectionId: string
  /** What a webhook pointed at, when the look began with one. */
  readonly ref?: string
  /** `whole`: the look could not read the device at all; otherwise one of its steps failed. */
  readonly device?: DeviceView & { readonly whole: boolean }
  readonly bookingIds?: readonly string[]
}

/**
 * Does `work`; when a vendor is in the way, says so where people look (the bookings' timelines, the webhook log, an
 * alert) and lets the error go on to the queue, which tries again. Bugs and lost leases pass untouched.
 */
export async function onTrouble<Result>(
  engine: Engine,
  look: Look,
  concerned: Concerned,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!AdapterError.is(error)) throw error
    const { connectionId, ref } = concerned
    if (ref === undefined) await explain(engine, look, concerned, error)
    else {
      const text = `${error.message} ${error.remedy}`
      const effects = effectsOf(concerned, error, engine.clock.now())
      await engine.store.saveFetch(look, { connectionId, ref, outcome: 'failed', text }, effects)
    }
    throw error
  }
}

/** Writes down why a look did not get where it should. */
export async function explain(
  { store, clock }: Pick<DeviceEngine, 'store' | 'clock'>,
  look: Look,
  concerned: Concerned,
  error: AdapterError,
): Promise<void> {
  const { connectionId, device } = concerned
  const unreached = device?.whole ? unreachedBy(error.code) : undefined
  const health = { connectionId, ...(unreached ? { unreached } : {}) }
  await store.saveConnection(look, health, effectsOf(concerned, error, clock.now()))
}

function effectsOf(concerned: Concerned, error: AdapterError, now: Instant): Effects {
  return {
    now,
    timeline: troubleLines(concerned.bookingIds ?? [], error),
    raise: alertsOf(concerned, error, now),
  }
}

/** One door's trouble is its own alert, so that its neighbour's good look does not close it and open it in turn. */
function alertsOf({ connectionId, device }: Concerned, error: AdapterError, now: Instant): Alert[] {
  if (!device || (device.whole && error.code === 'auth'))
    return needsPerson(error.code) ? [connectionAlert(connectionId, error)] : []
  const unreached = device.whole ? unreachedAlert(device, error, now) : undefined
  if (unreached) return [unreached]
  const isLost = device.whole && error.code === 'gone'
  if (!isLost && !needsPerson(error.code)) return []
  return [
    {
      ...connectionAlert(connectionId, error),
      subject: `device:${device.device.id}`,
      text: `${device.doorName}: ${error.message}`,
      ...(isLost ? { remedy: "See in the vendor's app whether this device is still in the account." } : {}),
    },
  ]
}

export function troubleLines(bookingIds: readonly string[], error: AdapterError): TimelineEntry[] {
  return bookingIds.map((bookingId) => ({
    bookingId,
    kind: `trouble-${error.code}`,
    text: error.message,
    remedy: error.remedy,
    cause: 'vendor',
  }))
}

export function connectionAlert(connectionId: string, error: AdapterError): Alert {
  return {
    kind: 'connection',
    subject: `connection:${connectionId}`,
    text: error.message,
    remedy: error.remedy,
    loud: error.code === 'auth' ? 'page' : 'warn',
  }
}

/** Whether waiting alone will not help. */
export function needsPerson(code: FailureCode): boolean {
  switch (code) {
    case 'auth':
    case 'refused':
    case 'bad-response':
      return true
    case 'rate-limited':
    case 'unreachable':
    case 'device-offline':
    case 'gone':
    case 'outcome-unknown':
      return false
  }
}
