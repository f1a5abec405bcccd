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
export function lookAt(whole: Engine, look: Look): Promise<void> {
  const engine = { ...whole, providers: whileOurs(whole, look) }
  switch (look.kind) {
    case 'connection':
      return importBookings(engine, look)
    case 'fetch':
      return fetchOne(engine, look)
    case 'booking':
      return settleBooking(engine, look)
    case 'device':
      return settleDevice(engine, look)
    case 'messages':
      return settleMessages(engine, look)
    case 'probe':
      return probe(engine, look)
    case 'alarms':
      return alarmOperator(engine, look)
  }
}
