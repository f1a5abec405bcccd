import intercom from '@stayward/intercom-2n'
import nuki from '@stayward/lock-nuki'
import theKeys from '@stayward/lock-the-keys'
import { type HousePlot, type LockPlot, Random } from '@stayward/core/testing'
import { beds24Part } from './beds24.ts'
import { hospitablePart } from './hospitable.ts'
import { nukiPart } from './nuki.ts'
import type { BookingPart, ChannelPart, LockPart, Now } from './parts.ts'
import { smoobuPart } from './smoobu.ts'
import { smsFactorPart } from './smsfactor.ts'
import { smtpPart } from './smtp.ts'
import { theKeysPart } from './the-keys.ts'
import { twoNPart } from './two-n.ts'
import { whatsAppPart } from './whatsapp.ts'

const sources = { smoobu: smoobuPart, hospitable: hospitablePart, beds24: beds24Part } as const
const channels = { smsfactor: smsFactorPart, whatsapp: whatsAppPart, smtp: smtpPart } as const
/** Each reads back in its own way, by which a plot names it. */
const locks = {
  heartbeat: { adapter: theKeys, part: theKeysPart },
  synced: { adapter: nuki, part: nukiPart },
  device: { adapter: intercom, part: twoNPart },
} as const

export type Source = keyof typeof sources
export type ChannelName = keyof typeof channels
export type LockKind = keyof typeof locks

export const lockKinds = Object.keys(locks) as LockKind[] // its own keys

/** Which vendors a seed's house has, besides its locks. */
export function chosen(seed: number): { readonly source: Source; readonly channel: ChannelName } {
  const random = new Random(seed, 'vendors')
  return {
    source: random.of(Object.keys(sources) as Source[]), // its own keys, here and below
    channel: random.of(Object.keys(channels) as ChannelName[]),
  }
}

export interface Parts {
  readonly booking: BookingPart
  readonly channel: ChannelPart
  readonly locks: readonly LockPart[]
}

/** Milliseconds until a device has what its cloud was told; longer ones are nobody's (docs/vendors/the-keys.md). */
const syncDelays = [3000, 10_000, 20_000]

export function openParts(seed: number, house: HousePlot, now: Now): Parts {
  const { source, channel } = chosen(seed)
  const random = new Random(seed, 'delays')
  return {
    booking: sources[source](house, now),
    channel: channels[channel](now),
    locks: house.locks.map(({ readBack }, lock) => {
      const doors = [...house.doors.keys()].filter((door) => house.doors[door]?.lock === lock)
      const { part } = locks[readBack === 'cloud' ? 'device' : readBack]
      return part({ doors, zone: house.zone, now, syncDelay: random.of(syncDelays) })
    }),
  }
}

/** What judges and plots know of this vendor's devices, from its adapter's manifest. */
export function lockPlot(kind: LockKind): LockPlot {
  const { pin, windowStep, canUpdate, readsPin, readsWindow, ...more } = locks[kind].adapter.capabilities
  return {
    readBack: kind,
    windowStep,
    canUpdate,
    readsPin,
    readsWindow,
    showsWithin: ('showsWithin' in more ? more.showsWithin : undefined) ?? 0,
    pinLength: pin.lengths[0] ?? 4,
    digits: pin.digits,
    fetchEvery: 60_000,
    refusesTaken: false,
  }
}
