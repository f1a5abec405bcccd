import { limits } from './limits.ts'

/** What a tenant decides for itself. Durations in milliseconds. */
export interface Policy {
  readonly pushAhead: number
  readonly graceIn: number
  readonly graceOut: number
  readonly warnBefore: number
  readonly pageBefore: number
  readonly tellUnprovenBefore: number
  /** A booking source is asked what changed this often. */
  readonly poll: number
  /** A device with an arrival or departure within 24 h is re-read this often. */
  readonly sweepNear: number
  /** The health of a connection is tested this often. */
  readonly probe: number
  /** How guests are told; see `Channel`. Empty: nobody is told, and the timeline says so. */
  readonly channels: readonly Channel[]
  /** `each`: over every channel. `fallback`: over the first that works. */
  readonly mode: 'each' | 'fallback'
  /** ISO 3166 country of phone numbers written without a country code. */
  readonly phoneCountry?: string
  /** Whether a guest's first name may stand beside our mark at the vendor; otherwise it reads `Guest`. */
  readonly namesOnDevices: boolean
  /** What guests without a known language are written in. */
  readonly language: string
}

/** `inbox` is the booking system's own, through the connection the booking came by. */
export type Channel = { readonly kind: 'inbox' } | { readonly kind: 'notifier'; readonly connectionId: string }

/** Names a channel in ledgers: `inbox`, or the connection's id. */
export function channelName(channel: Channel): string {
  return channel.kind === 'inbox' ? 'inbox' : channel.connectionId
}

export const defaultPolicy: Policy = {
  pushAhead: limits.pushAhead,
  graceIn: limits.graceIn,
  graceOut: limits.graceOut,
  warnBefore: limits.warnBefore,
  pageBefore: limits.pageBefore,
  tellUnprovenBefore: limits.tellUnprovenBefore,
  poll: limits.poll,
  sweepNear: limits.sweepNear,
  probe: limits.probe,
  channels: [{ kind: 'inbox' }],
  mode: 'each',
  namesOnDevices: false,
  language: 'en',
}
