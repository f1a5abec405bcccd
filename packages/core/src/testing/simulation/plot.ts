import { limits } from '../../domain/limits.ts'
import type { OutcomeClass, Operation } from './outcomes.ts'

/**
 * Everything that is decided before a run begins: the house, the people's doings and the faults. It is plain data: played
 * again it gives the same run, and a line less gives a smaller one.
 */
export interface Plot {
  readonly seed: number
  readonly profile: ProfileName
  /** Milliseconds since 1970, here and in every `at` and `until`. */
  readonly start: number
  /** From here on nothing fails and nobody changes anything. */
  readonly calmFrom: number
  readonly end: number
  readonly hubs: number
  readonly house: HousePlot
  readonly scenes: readonly Scene[]
  /** A key at which every look ends with a bug. */
  readonly poison?: PoisonPlot
  /** Another tenant at the same queue. */
  readonly neighbour?: NeighbourPlot
  /** Whom the run's one cause calls; nobody may be called for anything else. */
  readonly pages?: readonly PagePlot[]
}

/** That a person is called, and what for. */
export interface PagePlot {
  readonly kind: 'arrival' | 'brake' | 'booking' | 'clock' | 'connection' | 'drift' | 'full' | 'message' | 'pin'
  /** `stay S1`, `door 0`, `source`, `lock 0`, and what the hub sets behind it: `stay S1 sms`, `door 0 full`. */
  readonly about: string
  /** The cause begins, or begins to matter. */
  readonly notBefore: number
  readonly openBy: number
  /** The cause has ended before. */
  readonly closeBy: number
}

export interface NeighbourPlot {
  /** So many keys wait to be looked at, always. */
  readonly keys: number
  /** Milliseconds that a look at one of them takes. */
  readonly takes: number
}

export type PoisonPlot = {
  /** Milliseconds until the look throws. */
  readonly takes: number
} & (
  | { readonly kind: 'device'; readonly door: number }
  | { readonly kind: 'booking' | 'messages'; readonly stay: string }
)

export const profileNames = [
  'default',
  'harsh',
  'core-calm',
  'sunny',
  'poison',
  'alerts',
  'years',
  'week',
  'deaf',
  'dead-hub',
  'dst',
  'quiet',
  'amnesia',
  'twins',
  'neighbour',
  'forger',
  'blackout',
] as const
export type ProfileName = (typeof profileNames)[number]

export interface HousePlot {
  readonly zone: string
  readonly checkIn: string
  readonly checkOut: string
  readonly source: SourcePlot
  readonly sms: SmsPlot
  readonly channels: 'sms' | 'inbox' | 'both'
  readonly mode: 'each' | 'fallback'
  readonly rhythm: Rhythm
  readonly locks: readonly LockPlot[]
  readonly doors: readonly DoorPlot[]
  /** For each unit its doors from the street on, by index. */
  readonly units: readonly (readonly number[])[]
}

/** How often the hub looks without being asked, as its host has set it; milliseconds. */
export interface Rhythm {
  readonly poll: number
  readonly sweepNear: number
  readonly probe: number
}

export interface SourcePlot {
  /** Milliseconds until the API shows a change; the webhook does not wait for it. */
  readonly lag: number
  readonly readsMessages: boolean
  /** It gives whole listings only, or admits that something may be missing. */
  readonly page: number
}

export interface SmsPlot {
  readonly looksUp: boolean
  readonly reports: boolean
}

export interface LockPlot {
  readonly readBack: 'device' | 'synced' | 'heartbeat' | 'cloud'
  readonly windowStep: number
  readonly canUpdate: boolean
  readonly readsPin: boolean
  readonly readsWindow: boolean
  /** Milliseconds until a listing shows a write; 0 for at once. */
  readonly showsWithin: number
  readonly pinLength: number
  /** The digits it takes; all ten when absent. */
  readonly digits?: string
  readonly capacity?: number
  /** Milliseconds between two fetches of the gateway. */
  readonly fetchEvery: number
  /** Refuses a PIN that another code of the device has. */
  readonly refusesTaken: boolean
}

export interface DoorPlot {
  readonly name: string
  /** The lock connection of its device, by index; a door without one has a code on its sign. */
  readonly lock?: number
  readonly prefix?: string
  /** Standing codes of cleaners and owners. */
  readonly foreign: readonly string[]
  /** What somebody changes there waits for a person's word. */
  readonly asks?: true
}

export interface StayFacts {
  readonly state: 'confirmed' | 'cancelled' | 'request' | 'block'
  readonly unit: number
  readonly arrival: string
  readonly departure: string
  /** The digits behind `+3363998`; absent when the guest gave none. */
  readonly phone?: string
  readonly name: string
}

export type Scene = { readonly at: number } & (
  | { readonly do: 'book'; readonly stay: string; readonly facts: StayFacts }
  | {
      readonly do: 'change'
      readonly stay: string
      readonly facts: Partial<StayFacts>
      /** Not now, but while the next message to its guest is on a slow way (G8); at this time if there is none. */
      readonly uponSend?: number
    }
  | { readonly do: 'hand'; readonly door: number; readonly act: 'delete' | 'disable' | 'window' | 'add' | 'make room' }
  /** The operator makes a code by hand for a guest, and gives it to the stay as soon as the hub lists it. */
  | { readonly do: 'adopt'; readonly until: number; readonly door: number; readonly stay: string }
  | { readonly do: 'deaf'; readonly until: number; readonly fault: 'W1' | 'W2' | 'W4'; readonly share: number }
  | {
      readonly do: 'weather'
      readonly until: number
      readonly fault: string
      /** `source`, `sms`, `lock-0` … */
      readonly where: string
      /** Every operation when absent. */
      readonly call?: Operation
      readonly as: OutcomeClass
      readonly share: number
      /** At most so many calls; all when absent. */
      readonly times?: number
      /** So many of them go well before. */
      readonly skip?: number
      /** How old a `stale` answer is, milliseconds; five minutes when absent. */
      readonly age?: number
    }
  | { readonly do: 'offline'; readonly until: number; readonly door: number; readonly fault: 'V1' | 'V2' }
  | { readonly do: 'slow-sync'; readonly until: number; readonly door: number }
  | { readonly do: 'kill'; readonly until: number; readonly hub: number }
  | {
      /** Dies at the so-manieth call or store access from then on. */
      readonly do: 'die-at'
      readonly until: number
      readonly hub: number
      readonly site: number
      /** And once more at the so-manieth of its next life. */
      readonly again?: number
    }
  | { readonly do: 'freeze'; readonly until: number; readonly hub: number }
  /** Its machine's clock is ahead of the database's by so many milliseconds, or behind it. */
  | { readonly do: 'clock'; readonly until: number; readonly hub: number; readonly ahead: number }
  /** Whichever process next starts such a call freezes as it does, for as long as from `at` to `until`. */
  | { readonly do: 'freeze-in'; readonly until: number; readonly call: Operation }
  /** The operator decides about every list that the brake holds, now and until `until` at whatever it holds then. */
  | { readonly do: 'brake-word'; readonly until: number; readonly approve: boolean }
  /** The booking system no longer shows this booking, and lists no more than a part of what it has. */
  | { readonly do: 'vanish'; readonly until: number; readonly stay: string }
  /** The booking system's credentials open another account. */
  | { readonly do: 'account'; readonly until: number }
  /** A person takes every flat out of the mapping, and puts all back. */
  | { readonly do: 'unmap'; readonly until: number }
  /** The so-manieth webhook of the run never comes. */
  | { readonly do: 'drop'; readonly webhook: number }
  /** The so-manieth thing at a port (an answer, an effect, a webhook) happens after the one that follows it. */
  | { readonly do: 'swap'; readonly event: number }
  /** The store is put back to what it was so many milliseconds before; at `until` a person confirms it. */
  | { readonly do: 'set-back'; readonly until: number; readonly back: number }
  /**
   * A hub starts on a copy of the store that is so many milliseconds old, while the others go on. At `until` it is turned
   * off, or a person confirms that the copy counts, and the others learn that theirs is the older one.
   */
  | { readonly do: 'twin'; readonly until: number; readonly back: number; readonly counts: boolean }
  /** Somebody who knows the address makes up a webhook each so many milliseconds. */
  | {
      readonly do: 'forge'
      readonly until: number
      readonly every: number
      readonly about: 'nothing' | 'stays' | 'messages' | 'everything'
    }
  | { readonly do: 'store'; readonly until: number; readonly fault: 'S1' | 'S5'; readonly share: number }
)

/** What a store that has come to count does not know of, because it is a copy from before. */
export function forgottenIn({ scenes }: Plot): readonly { readonly from: number; readonly until: number }[] {
  return scenes.flatMap((scene) => {
    if (scene.do === 'set-back') return [{ from: scene.at - scene.back, until: scene.at }]
    return scene.do === 'twin' && scene.counts ? [{ from: scene.at - scene.back, until: scene.until }] : []
  })
}

/** The clock of a hub's machine is beside the database's by `ahead` milliseconds. */
export type WrongClock = Pick<Extract<Scene, { do: 'clock' }>, 'at' | 'until' | 'ahead'>

/** By more than the hub puts up with. */
export const isWrong = ({ ahead }: Pick<WrongClock, 'ahead'>) => Math.abs(ahead) > limits.clockSkew

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour
/** An idle door is looked at again within this: once a day, give or take a tenth. */
export const dailyLook = 27 * hour
/** How long before its guest arrives a stay's codes go to the doors, in every simulated house. */
export const pushAhead = 72 * hour
