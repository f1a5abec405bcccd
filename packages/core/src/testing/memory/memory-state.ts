import type { Booking } from '../../domain/booking.ts'
import type { HubEvent } from '../../domain/arrival-readiness.ts'
import type { LossState } from '../../domain/brake.ts'
import type { Code } from '../../domain/code.ts'
import type { CodeTransition } from '../../domain/code-transition.ts'
import type { ReadinessLevel } from '../../domain/door-readiness.ts'
import type { Instant } from '../../domain/instant.ts'
import type { Message } from '../../domain/message.ts'
import type { GrantPlan } from '../../domain/plan-grants.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Door, Property, Unit } from '../../domain/property.ts'
import type { Alert, DeviceRow, FetchOutcome, ForeignCode, MessageChanges, TimelineEntry } from '../../ports/stores.ts'
import type { PortName } from '../../ports/capabilities.ts'
import type { HeardReport, HeardWord } from '../../ports/notifier.ts'

export interface StoredConnection {
  readonly id: string
  readonly name: string
  readonly port: PortName
  readonly account?: string
  readonly readThrough?: Instant
  readonly sweptAt?: Instant
  readonly lastTest?: { readonly at: Instant; readonly ok: boolean; readonly note?: string }
  readonly failingSince?: Instant
  readonly witness?: true
}

/** What signed webhooks of one channel told. */
export interface StoredHeard {
  /** By message of ours. */
  readonly reports: Map<string, HeardReport>
  /** By the vendor's id. */
  readonly words: Map<string, HeardWord>
}

export interface StoredDevice extends DeviceRow {
  readonly failures: number
  readonly unreached?: { readonly since: Instant; readonly at: Instant; readonly by: 'device' | 'connection' }
  readonly readAt?: Instant
  readonly state?: {
    readonly online?: boolean
    readonly lastSeen?: Instant
    readonly batteryLow?: boolean
    readonly batteryPercent?: number
  }
  readonly foreign: readonly ForeignCode[]
  /** Fingerprints of PINs it did not take. */
  readonly refused: ReadonlySet<string>
}

export interface StoredUnit extends Unit {
  readonly sources: readonly { readonly connectionId: string; readonly ref: string }[]
}

/** A booking as the store keeps it; its unit is looked up when it is read. */
export interface StoredBooking {
  readonly booking: Omit<Booking, 'unitId'>
  readonly sourceFence: number
  /** When a fact of the source changed last. */
  readonly changedAt: Instant
  readonly lastPins?: readonly string[]
  readonly plan?: GrantPlan
  readonly readiness?: ReadinessLevel
}

export type StoredCode = Code & { readonly revision: number; readonly goneAt?: Instant }

/** A stay's newest loss of access, as the brake keeps it. */
export interface StoredLoss extends LossState {
  readonly connectionId: string
  readonly propertyIds: readonly string[]
  readonly codes: number
  readonly whole: boolean
  /** The list on which a person decided. */
  readonly list?: string
}

/** `pin`: a look at the device has found it as the person saw it. */
export interface StoredAdoption {
  readonly deviceId: string
  readonly vendorRef: string
  readonly bookingId: string
  readonly id: string
  readonly pin?: string
}

export type StoredLine = TimelineEntry & { readonly at: Instant }

export type StoredAlert = Alert & {
  readonly id: string
  readonly openedAt: Instant
  readonly closedAt?: Instant
  readonly alarmSentAt?: Instant
}

export type StoredReply = NonNullable<MessageChanges['replies']>[number] & { readonly bookingId: string }

/** Everything one tenant has. Maps keep the order in which things were added. */
export interface MemoryState {
  policy: Partial<Policy>
  alarm?: { readonly connectionId: string; readonly to: string }
  readonly connections: Map<string, StoredConnection>
  readonly properties: Map<string, Property>
  readonly units: Map<string, StoredUnit>
  readonly doors: Map<string, Door>
  readonly devices: Map<string, StoredDevice>
  readonly bookings: Map<string, StoredBooking>
  readonly codes: Map<string, StoredCode>
  /** By booking. */
  readonly losses: Map<string, StoredLoss>
  /** By code, oldest first. */
  readonly transitions: Map<string, CodeTransition[]>
  readonly messages: Map<string, Message>
  /** By device and the vendor's id: hand-made codes that a person gave to stays. */
  readonly adoptions: Map<string, StoredAdoption>
  readonly replies: StoredReply[]
  /** By channel. */
  readonly heard: Map<string, StoredHeard>
  readonly timeline: StoredLine[]
  /** By booking: the newest text of each kind of line. */
  readonly saidLast: Map<string, Map<string, string>>
  readonly alerts: StoredAlert[]
  /** By kind and subject: where in `alerts` the open one is. */
  readonly openAlerts: Map<string, number>
  readonly events: (HubEvent & { readonly at: Instant })[]
  readonly fetches: Map<string, FetchOutcome>
  /** By key of work: the newest fence that has saved. */
  readonly fences: Map<string, number>
}

export function emptyState(): MemoryState {
  return {
    policy: {},
    connections: new Map(),
    properties: new Map(),
    units: new Map(),
    doors: new Map(),
    devices: new Map(),
    bookings: new Map(),
    codes: new Map(),
    losses: new Map(),
    transitions: new Map(),
    messages: new Map(),
    adoptions: new Map(),
    replies: [],
    heard: new Map(),
    timeline: [],
    saidLast: new Map(),
    alerts: [],
    openAlerts: new Map(),
    events: [],
    fetches: new Map(),
    fences: new Map(),
  }
}

/** The unit that a source's flat is linked to. */
export function unitOf(state: MemoryState, { connectionId, unitRef }: Omit<Booking, 'unitId'>): StoredUnit | undefined {
  for (const unit of state.units.values())
    if (unit.sources.some((source) => source.connectionId === connectionId && source.ref === unitRef)) return unit
  return undefined
}

export function bookingOf(state: MemoryState, stored: StoredBooking): Booking {
  const unitId = unitOf(state, stored.booking)?.id
  const witness = state.connections.get(stored.booking.connectionId)?.witness
  return { ...stored.booking, ...(unitId === undefined ? {} : { unitId }), ...(witness ? { witness } : {}) }
}
