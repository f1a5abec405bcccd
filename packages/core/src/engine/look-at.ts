import type { Look } from '../ports/work-queue.ts'
import { alarmOperator } from './alarm-operator.ts'
import type { Engine } from './engine.ts'
import { fetchOne } from './fetch-one.ts'
import { importBookings } from './import-bookings.ts'
import { whileOurs } from './lease-guard.ts'
import { probe } from './probe.ts'
import { settleBooking } from './settle-booking.ts'
import { settleDevice } from './settle-device.ts'
import { settleMessages } from './settle-messages.ts'

/**
 * Looks at one key: reads both sides, plans, acts, writes down. Throws `AdapterError` when a vendor is in the way (the
 * queue backs off), `LeaseLost` when another process has taken the key over, anything else for a bug.
 */
export async function lookAt(whole: Engine, look: Look): Promise<void> {
  const engine = { ...whole, providers: whileOurs(whole, look) }
  if (mayHaveAnOlder(look)) await engine.store.shutOut(look)
  switch (look.kind) {
    case 'connection':
      return await importBookings(engine, look)
    case 'fetch':
      return await fetchOne(engine, look)
    case 'booking':
      return await settleBooking(engine, look)
    case 'device':
      return await settleDevice(engine, look)
    case 'messages':
      return await settleMessages(engine, look)
    case 'probe':
      return await probe(engine, look)
    case 'alarms':
      return await alarmOperator(engine, look)
  }
}

/**
 * A process that was frozen in an older look may wake at any moment: what it saves then has to be there before anything is read
 * here, or not at all. Its lease has run out, which counts as a failed look, and only a person's edit forgets those.
 */
function mayHaveAnOlder({ attempt, why }: Look): boolean {
  return attempt > 0 || why === 'edit' || why === undefined
}
