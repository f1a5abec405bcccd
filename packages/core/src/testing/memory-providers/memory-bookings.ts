import { type Adapter, defineAdapter } from '../../adapter/define-adapter.ts'
import type { WebhookReceiver } from '../../adapter/webhook.ts'
import { millisecondsOf } from '../../domain/instant.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Subject } from '../kits/subject.ts'
import { bookingProvider } from './booking-provider.ts'
import { bookingVendor, type MemoryBookingsState, type MemoryBookingVendor, newBookings } from './booking-vendor.ts'
import { type MemoryConfig, memoryConfig, memoryToken, openWire } from './wire.ts'

export interface MemoryBookingsOptions {
  /** The adapter's id; the host name follows from it. */
  readonly id?: string
  readonly messagesGuest?: boolean
  readonly readsMessages?: boolean
  readonly messageMaxLength?: number
  /** Rows of one page of a listing. */
  readonly pageSize?: number
}

export interface MemoryBookings extends Subject<'booking', MemoryBookingVendor, MemoryConfig> {
  readonly adapter: Adapter<'booking', MemoryConfig>
  /** A fresh vendor, or with `state` one that goes on. */
  vendor(clock: Clock, state?: MemoryBookingsState): MemoryBookingVendor
}

/** A booking system in memory: an adapter for the hub and the vendor behind it. */
export function memoryBookings(options: MemoryBookingsOptions = {}): MemoryBookings {
  const {
    id = 'memory-bookings',
    messagesGuest = true,
    readsMessages = true,
    pageSize = 50,
    messageMaxLength,
  } = options
  const host = `${id}.example`
  const adapter = defineAdapter({
    id,
    displayName: 'Bookings in memory',
    port: 'booking',
    specVersion: 'v1',
    config: memoryConfig,
    hosts: [host],
    capabilities: {
      changes: 'notify',
      messagesGuest,
      readsMessages,
      ...(messageMaxLength === undefined ? {} : { messageMaxLength }),
    },
    rate: { perSecond: 1_000_000, burst: 1_000_000 },
    webhook: receiver,
    health: 'It works as long as the test runs.',
    open: (context) => {
      const wire = openWire(context, host, 'The booking system in memory')
      return bookingProvider(wire, { messagesGuest, readsMessages })
    },
  })
  return {
    adapter,
    config: memoryToken,
    wrongConfig: { token: 'a-token-nobody-has' },
    secrets: [memoryToken.token, 'Ada Example', '+33639980011', 'ada@guest.example'],
    vendor: (clock, state) => {
      const now = () => millisecondsOf(clock.now())
      return bookingVendor({ state: state ?? newBookings(now()), now, pageSize })
    },
  }
}

/** Unsigned, like most booking systems: `{ "booking": "<ref>" }` says where to look and nothing more. */
const receiver: WebhookReceiver<MemoryConfig> = {
  signed: false,
  setUp: 'The test hands the deliveries over.',
  receive: ({ rawBody }) => {
    const ref = refIn(new TextDecoder().decode(rawBody))
    if (ref === undefined) return { verdict: 'rejected', because: 'malformed', detail: 'The body names no booking.' }
    return { verdict: 'accepted', proof: 'address-only', topic: 'booking', nudges: [{ kind: 'booking', ref }] }
  },
}

function refIn(text: string): string | undefined {
  return /^\{"booking":"([A-Za-z0-9._:-]{1,100})"\}$/.exec(text)?.[1]
}
