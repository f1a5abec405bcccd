import type { Booking, CivilDate } from '../domain/booking.ts'
import type { HubEvent } from '../domain/arrival-readiness.ts'
import type { LossState, LossVerdict } from '../domain/brake.ts'
import type { Stray } from '../domain/adopt-codes.ts'
import type { Code } from '../domain/code.ts'
import type { DriftPolicy } from '../domain/drift-policy.ts'
import type { CodeTransition, ComparedField } from '../domain/code-transition.ts'
import type { DeviceReading, ReadinessLevel } from '../domain/door-readiness.ts'
import type { Adoption, AdoptionRefusal, AdoptionRequest, HandMade } from '../domain/hand-made.ts'
import type { Instant } from '../domain/instant.ts'
import type { Message } from '../domain/message.ts'
import type { GrantPlan } from '../domain/plan-grants.ts'
import type { Policy } from '../domain/policy.ts'
import type { Door, Property, Unit } from '../domain/property.ts'
import type { FetchOutcome, FoundBookings, SavedBookings, SourceView } from './found-bookings.ts'
import type { HeardReport, HeardWord } from './notifier.ts'
import type { AdoptionWish, DriftDecision, HeldLosses, ListedHandMade, LossDecision } from './person-words.ts'
import type { Look, Mark, Timer } from './work-queue.ts'

export type { FetchOutcome, FoundBookings, SavedBookings, SourceView } from './found-bookings.ts'
export type { AdoptionWish, DriftDecision, HeldLoss, HeldLosses, ListedHandMade, LossDecision } from './person-words.ts'

/**
 * One tenant's memory. A load sees one moment; a save is one transaction that refuses with `LeaseLost` when a newer look
 * at the same key has saved before. PINs go in and come out plain; at rest they are sealed.
 */
export interface TenantStore {
  loadSource(connectionId: string): Promise<SourceView | undefined>
  /** Bookings of this connection that are confirmed as far as we know and touch these days. */
  confirmedBookings(
    connectionId: string,
    stays: { readonly from: CivilDate; readonly to: CivilDate },
  ): Promise<readonly Booking[]>
  bookingByRef(connectionId: string, ref: string): Promise<Booking | undefined>
  /** Stores what the source says. Marks `booking:<id>` for every booking that is new or changed. */
  saveBookings(look: Look, found: FoundBookings, effects: Effects): Promise<SavedBookings>

  /**
   * From now on no older look at this key saves anything. Does nothing where a newer one has saved, and for what is not there
   * (any more).
   */
  shutOut(look: Look): Promise<void>

  /** What came of reading one thing a webhook pointed at; shown beside the delivery in the webhook log. */
  saveFetch(look: Look, outcome: FetchOutcome, effects: Effects): Promise<void>
  devicesOf(connectionId: string): Promise<readonly ListedDevice[]>
  /**
   * Bookings with a message on this channel that was claimed after `since` and whose end is not known, or whose recipient
   * has written since, which no booking's replies show yet.
   */
  bookingsAwaitingDelivery(channel: string, since: Instant): Promise<readonly string[]>

  loadStay(bookingId: string, now: Instant): Promise<StayView | undefined>
  saveStay(look: Look, changes: StayChanges, effects: Effects): Promise<void>
  /**
   * Asks for leave to take codes from a guest before their time, and counts it; decided by `weighLoss`, one at a time for
   * the whole tenant. A claim without codes says that nothing is to be lost any more: it leaves the list.
   */
  claimLoss(look: Look, claim: LossClaim): Promise<LossAnswer>
  /** What the brake would answer to these claims, one after the other. Nothing is counted and nothing kept. */
  weighLosses(claims: readonly LossClaim[]): Promise<readonly LossVerdict[]>
  /** What waits for a person, one list per booking connection. */
  heldLosses(): Promise<readonly HeldLosses[]>
  /**
   * A person's word about exactly one list: how many stays were on it, `undefined` when there is no such list (any more).
   * The same word about the same list again is answered as the first time.
   */
  decideLosses(decision: LossDecision): Promise<number | undefined>

  /** A person's word about a code that was changed on its device. `undefined`: no such code, or nothing to decide about it. */
  decideDrift(decision: DriftDecision): Promise<'decided' | undefined>

  /** Codes on the tenant's devices that nobody of ours made, as last read. */
  handMadeCodes(): Promise<readonly ListedHandMade[]>
  /**
   * A person's word that one of them is a stay's from now on. It is kept, the device is looked at, and what becomes of it is
   * on the booking's timeline. The same word again is answered as the first time.
   */
  requestAdoption(request: AdoptionWish): Promise<'asked' | AdoptionRefusal>

  /** Every change of one code, oldest first; written with the change itself. Empty for a code that is not there. */
  codeHistory(codeId: string): Promise<readonly CodeTransition[]>

  loadDevice(deviceId: string): Promise<DeviceView | undefined>
  saveDevice(look: Look, changes: DeviceChanges, effects: Effects): Promise<void>

  /** What signed webhooks of this channel told of these messages, and of this address or its aliases. */
  heardOn(channel: string, about: HeardQuery): Promise<Heard>
  /** Which booking a message of ours is about. */
  bookingOfMessage(messageId: string): Promise<string | undefined>
  saveMessages(look: Look, changes: MessageChanges, effects: Effects): Promise<void>
  /**
   * Takes a planned message for sending, if the booking is still at this version and wants the same codes; marks it
   * `claimed` with the text that leaves. `false` when either has changed or the message is no longer planned.
   */
  claimMessage(look: Look, claim: MessageClaim): Promise<boolean>

  /** Alerts that are open and whose alarm has not been sent. */
  unsentAlarms(): Promise<AlarmView>
  saveConnection(look: Look, health: ConnectionHealth, effects: Effects): Promise<void>
  /** Notes that the operator was alarmed of these alerts. */
  saveAlarms(look: Look, alertIds: readonly string[], effects: Effects): Promise<void>
}

/** A save under a fence older than one the store has seen: another process has taken this key over. */
export class LeaseLost extends Error {
  override name = 'LeaseLost'
}

/** What every save may do besides, in the same transaction. */
export interface Effects {
  readonly now: Instant
  readonly timeline?: readonly TimelineEntry[]
  readonly raise?: readonly Alert[]
  /** Alerts whose cause has ended. */
  readonly settle?: readonly Pick<Alert, 'kind' | 'subject'>[]
  readonly marks?: readonly Mark[]
  readonly timers?: readonly Timer[]
  /** Kept in the order of the saves, for machines that follow along. */
  readonly events?: readonly HubEvent[]
}

/** A line of a booking's story, for people. Never a PIN, a phone or a mail address. */
export interface TimelineEntry {
  readonly bookingId: string
  /** For machines: `code-confirmed`, `told`, `held`. */
  readonly kind: string
  readonly text: string
  /** What a person can do, where something is not done. */
  readonly remedy?: string
  /** What brought the hub to look: `webhook`, `poll`, `vendor`, `person`, `timer`. */
  readonly cause?: string
}

/** Something a person has to see. One open alert per kind and subject. */
export interface Alert {
  readonly kind:
    | 'arrival'
    | 'door-doubt'
    | 'connection'
    | 'message'
    | 'booking'
    | 'pin'
    | 'brake'
    | 'drift'
    | 'full'
    | 'restore'
    | 'adoption'
    | 'clock'
  /** What it is about: `booking:<id>`, `device:<id>`, `connection:<id>`. */
  readonly subject: string
  readonly text: string
  readonly remedy: string
  /** `urgent`: before everything else that waits for a person. `page`: the operator's alarm address is told as well. */
  readonly loud: 'warn' | 'urgent' | 'page'
}

export interface HeardQuery {
  /** Of messages. */
  readonly keys: readonly string[]
  readonly address: string
}

export interface Heard {
  /** The furthest state of each message that was told of. */
  readonly reports: readonly Omit<HeardReport, 'alias'>[]
  /** The newest 50, oldest first. */
  readonly words: readonly Omit<HeardWord, 'from'>[]
}

/** Everything that decides about one booking. */
export interface StayView {
  readonly booking: Booking
  readonly unit?: Unit
  readonly property?: Property
  readonly path: readonly Door[]
  readonly policy: Policy
  /** Devices of the path and of `codes`, with the connection that reaches each. */
  readonly devices: readonly (DeviceRow & DeviceReading & DeviceTrust)[]
  /** How ready the arrival was at the newest look; absent while there was none. */
  readonly readiness?: ReadinessLevel
  /** Which version of the booking the newest look let in; absent where it let nobody in, or there was none. */
  readonly grantedVersion?: number
  /** Codes of this booking that are not proven gone. */
  readonly codes: readonly Code[]
  /** The PINs to take up again, the first before the others, if none of the stay's codes is wanted any more. */
  readonly lastPins?: readonly string[]
  /** By device. May be empty while every device of the path has a code of this booking that it has not refused. */
  readonly takenPins: ReadonlyMap<string, TakenPins>
  /** Devices of `codes` outside the path on which another booking's window has begun. */
  readonly claimedDevices: ReadonlySet<string>
  /** Oldest first. */
  readonly messages: readonly Message[]
  /** Codes that somebody made by hand and a person gave to this stay, found as the person saw them. */
  readonly adoptions?: readonly Adoption[]
  /** Codes under marks of ours that no stay knows, on devices of the path. */
  readonly strays?: readonly Stray[]
  /**
   * Asked only where there are strays, and absent where there is none: until when another booking of the source's flat has
   * had a night of this stay. Now, or when it was cancelled.
   */
  readonly nightsSharedUntil?: Instant
  /** What became of the newest loss of this stay. */
  readonly loss?: LossState
  /** The newest line of the timeline of each kind, to say a thing once. */
  readonly saidLast: ReadonlyMap<string, string>
}

/** Fingerprints of PINs that this stay cannot have on a device. */
export interface TakenPins {
  /** Of others' codes that are not proven gone, of strangers, and of those the device refused. */
  readonly held: ReadonlySet<string>
  /** Of others' codes that have gone within `pinCoolDown`, the latest first. */
  readonly cooling: readonly string[]
}

export interface LossClaim {
  readonly bookingId: string
  readonly bookingVersion: number
  readonly codeIds: readonly string[]
  readonly whole: boolean
  /** The property that the guest gets into instead. */
  readonly toPropertyId?: string
  readonly now: Instant
}

export interface LossAnswer {
  readonly verdict: LossVerdict
  readonly connectionId: string
  /** Stays of the connection that wait for a person now, and what people call the connection. */
  readonly waiting: number
  readonly connection: string
}

export interface DeviceRow {
  readonly id: string
  readonly connectionId: string
  /** The id the adapter knows it by. */
  readonly vendorId: string
  readonly name: string
}

/** A device as a connection lists it. */
export interface ListedDevice extends DeviceRow {
  /** When the last look failed to reach it; absent while it is reached. */
  readonly unreachedAt?: Instant
}

/** `accepted` when the host of a door of this device takes the vendor's yes for the door's own; else absent. */
export interface DeviceTrust {
  readonly trust?: 'accepted'
}

export interface StayChanges {
  readonly bookingId: string
  /** Who is let in now, and why or why not. */
  readonly plan: GrantPlan
  /** How ready the arrival is; absent: nobody arrives, and what was stored is forgotten. */
  readonly readiness?: ReadinessLevel
  readonly create?: readonly Code[]
  /** The PINs to take up again, should this stay ever need some after all its codes are gone; absent: as stored. */
  readonly lastPins?: readonly string[]
  /** Of `adoptions`, those that are settled: the code is the stay's now, or does not become so. */
  readonly settledAdoptions?: readonly Pick<Adoption, 'deviceId' | 'vendorRef'>[]
  /**
   * The whole code as it is to be, by id. What is wanted is taken over (`want`, `wantedSince`, `window`, `pin`, `label`, `endCause`, and
   * with them `evidence`, `refusal`, `drift`, `adopts` and `restored`); what the device look writes (`vendorRef`, `writtenAt`, `pendingUntil`) stays.
   */
  readonly update?: readonly Code[]
}

export interface DeviceView {
  readonly device: DeviceRow
  /**
   * Codes of every booking for this device that are not proven gone, and of those that are the ones whose mark the newest
   * stored reading shows all the same.
   */
  readonly codes: readonly Code[]
  /** Marks of ours that the newest stored reading shows beside those that were expected; absent: the store does not say. */
  readonly unclaimed?: readonly string[]
  /** What is done here about codes that somebody has changed; of several doors with this device, the most careful word. */
  readonly ifChanged: DriftPolicy
  /** Names for the timeline, by booking. */
  readonly doorName: string
  readonly policy: Policy
  /** How many looks in a row could not reach it. */
  readonly failures: number
  /** When the first and the newest of these failed. */
  readonly unreached?: { readonly since: Instant; readonly at: Instant }
  /** Hand-made codes there that a person gave to stays. */
  readonly adoptions?: readonly AdoptionRequest[]
  /** While this one is not reached: devices of its connection that are not reached for the connection's sake. */
  readonly waitingBeside: readonly string[]
}

export interface DeviceChanges {
  readonly deviceId: string
  /**
   * The whole code, by id. What was done and seen is taken over. Where the booking has changed what is wanted since the
   * load, only what left for the vendor is (`vendorRef`, `writtenAt`, `pendingUntil`): it proves nothing of the new.
   */
  readonly update?: readonly Code[]
  /** What was compared of these codes in the newest reading, by code; kept with what has changed of them. */
  readonly compared?: ReadonlyMap<string, readonly ComparedField[]>
  /** Of `update`, what was found changed by somebody else: the cause of what has changed of these is `outside`. */
  readonly outside?: ReadonlySet<string>
  /** The device's refusals, so that the allocator does not try again. */
  readonly refusedPins?: readonly { readonly pin: string; readonly bookingId: string }[]
  /** What was read that is not ours; replaces what was stored. */
  readonly foreign?: readonly ForeignCode[]
  /** Of `adoptions`: with a PIN those that were found as the person saw them, to be kept sealed; without one, what is refused. */
  readonly adoptions?: readonly { readonly vendorRef: string; readonly pin?: string }[]
  readonly readAt?: Instant
  readonly state?: {
    readonly online?: boolean
    readonly lastSeen?: Instant
    readonly batteryLow?: boolean
    readonly batteryPercent?: number
  }
}

export interface ForeignCode extends HandMade {
  /** Of one of ours. */
  readonly mark?: string
  readonly kind: 'foreign' | 'ours-unknown'
}

export interface MessageChanges {
  readonly bookingId: string
  /** An intent that exists already (booking, channel, kind, version) is left as it is. */
  readonly create?: readonly Message[]
  readonly update?: readonly Message[]
  /** What the guest wrote back. One that is stored already (channel, instant, text) is left as it is. */
  readonly replies?: readonly {
    readonly channel: string
    readonly at: Instant
    readonly text: string
    readonly optsOut: boolean
  }[]
}

export interface MessageClaim {
  readonly message: Message
  readonly bookingVersion: number
  /** `wishesOf` the codes that it was planned by. */
  readonly wishes: readonly string[]
  readonly text: string
  readonly subject?: string
  readonly now: Instant
}

export interface AlarmView {
  readonly alerts: readonly (Alert & { readonly id: string; readonly openedAt: Instant })[]
  /** Where the operator is alarmed. */
  readonly address?: { readonly connectionId: string; readonly to: string }
}

export interface ConnectionHealth {
  readonly connectionId: string
  /** How the test of the credentials went; absent when this save is not about one. */
  readonly ok?: boolean
  readonly account?: string
  /** For people: what the test said. */
  readonly note?: string
  /**
   * The look's device could not be read. `connection`: nor could any other of the connection's just then, as far as the
   * failure tells.
   */
  readonly unreached?: 'device' | 'connection'
}
