import type {
  BookingState,
  ChannelReadiness,
  CodeRefusal,
  CodeTransition,
  EndCause,
  Evidence,
  Instant,
  MessageKind,
  MessageState,
  ReadinessLevel,
  Risk,
} from '@stayward/core'

/**
 * What the read API asks of one tenant's memory. Everything is already opened from its seal; a PIN and a message text
 * are only opened when `seePins` is true and are absent otherwise. Unknown ids and other tenants' ids read the same:
 * `undefined`.
 */
export interface ReadModel {
  /** Ordered by arrival and id, those without an arrival last. */
  bookings(tenantId: string, query: BookingsQuery): Promise<Page<BookingLine>>
  booking(tenantId: string, id: string, seePins: boolean): Promise<BookingDetail | undefined>
  /** Oldest first. `undefined` when there is no such booking. */
  timeline(tenantId: string, bookingId: string): Promise<readonly TimelineLine[] | undefined>
  /** Every change of a code, oldest first. `undefined` when there is no such code. */
  codeHistory(tenantId: string, codeId: string): Promise<readonly CodeHistoryLine[] | undefined>
  connections(tenantId: string): Promise<readonly ConnectionLine[]>
  /** What came of the newest look at each thing that a webhook pointed at, newest first. */
  looks(tenantId: string, query: LooksQuery): Promise<Page<LookLine>>
  /** Guests who come within 72 hours and those who have just come, the worst prepared first, then the nearest. */
  arrivals(tenantId: string, query: ArrivalsQuery): Promise<Page<ArrivalLine>>
  /** Oldest first, to be followed: the last page, too, says where to go on. */
  events(tenantId: string, query: EventsQuery): Promise<Page<EventLine>>
  /** `undefined` when nothing of this tenant is called so. */
  syncScope(tenantId: string, what: SyncWhat): Promise<SyncScope | undefined>
  /** Newest first. */
  alerts(tenantId: string, query: AlertsQuery): Promise<Page<AlertLine>>
}

export interface Page<Line> {
  readonly items: readonly Line[]
  /** Where the next page begins: give it back as `after`. Absent on the last page. */
  readonly next?: string
}

export interface BookingsQuery {
  readonly limit: number
  /** `next` of the page before; a text the caller does not read. A text that is no such place begins at the start. */
  readonly after?: string
  readonly state?: BookingState
  /** The source's own id, whole. */
  readonly ref?: string
  /** First and last day of arrival, `2026-07-10`, both included. */
  readonly arrivalFrom?: string
  readonly arrivalUntil?: string
}

export interface BookingLine {
  readonly id: string
  readonly ref: string
  readonly connection: { readonly id: string; readonly name: string }
  readonly state: BookingState
  readonly arrival?: string
  readonly departure?: string
  readonly unit?: { readonly id: string; readonly slug: string; readonly name: string; readonly property: string }
  readonly guest: { readonly name?: string; readonly language?: string }
  readonly channel?: string
  /** Its connection only watches: nothing is done for this booking. */
  readonly witness?: true
  readonly knownSince: Instant
  readonly updatedAt: Instant
  /** Who is let in, or why nobody is. Absent until the booking was looked at. */
  readonly access?: {
    readonly status: string
    readonly reason?: { readonly code: string; readonly text: string; readonly remedy: string }
    readonly window?: { readonly from: Instant; readonly until: Instant }
  }
}

/** A booking by its id or the source's own, a device by its id or name. */
export type SyncWhat = { readonly booking: string } | { readonly device: string } | { readonly all: true }

export interface SyncScope {
  readonly bookings: readonly { readonly id: string; readonly ref: string }[]
  readonly devices: readonly { readonly id: string; readonly name: string; readonly connectionId: string }[]
}

export interface ArrivalsQuery {
  readonly limit: number
  readonly after?: string
}

export interface ArrivalLine extends BookingLine {
  readonly readiness: ReadinessLine
}

export interface ReadinessLine {
  readonly level: ReadinessLevel
  /** The first recorded opening with a code of this stay. */
  readonly enteredAt?: Instant
  /** From the street to the flat. */
  readonly doors: readonly {
    readonly id: string
    readonly name: string
    readonly level: ReadinessLevel
    readonly evidence?: Evidence
    readonly readAt?: Instant
    readonly ageSeconds?: number
  }[]
  /** By the channels' names. */
  readonly told: readonly ChannelReadiness[]
  readonly risks: readonly Risk[]
}

export interface EventsQuery {
  readonly limit: number
  readonly after?: string
  readonly type?: string
}

export interface EventLine {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly at: Instant
  readonly data: Readonly<Record<string, string | readonly string[]>>
}

export interface BookingDetail extends BookingLine {
  /** Absent while nobody arrives: too far away, over, or cancelled. */
  readonly readiness?: ReadinessLine
  /** From the street to the flat. */
  readonly doors: readonly DoorLine[]
  readonly codes: readonly CodeLine[]
  /** Oldest first. */
  readonly messages: readonly MessageLine[]
  /** What the guest wrote back, oldest first. */
  readonly replies: readonly ReplyLine[]
  /** Oldest first. */
  readonly timeline: readonly TimelineLine[]
}

export interface DoorLine {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly kind: 'device' | 'fixed-code' | 'instruction'
  readonly deviceId?: string
}

export interface CodeLine {
  readonly id: string
  /** Doors that this device opens, by name. */
  readonly doors: readonly string[]
  readonly device: { readonly id: string; readonly name: string }
  readonly pin?: string
  readonly window: { readonly from: Instant; readonly until: Instant }
  readonly want: 'present' | 'absent'
  readonly evidence: Evidence
  readonly vendorRef?: string
  readonly endCause?: EndCause
  readonly refusal?: CodeRefusal
  readonly writtenAt?: Instant
  readonly pendingUntil?: Instant
  readonly provenAt?: Instant
  /** The first recorded opening. */
  readonly usedAt?: Instant
  readonly goneAt?: Instant
}

export interface CodeHistoryLine extends Omit<CodeTransition, 'codeId' | 'bookingId' | 'deviceId'> {
  readonly id: string
}

export interface ReplyLine {
  readonly channel: string
  readonly at: Instant
  /** Absent unless the reader may see PINs: guests quote what they were sent. */
  readonly text?: string
  readonly optsOut: boolean
}

export interface MessageLine {
  readonly id: string
  /** `inbox`, or the notifier connection's name. */
  readonly channel: string
  readonly kind: MessageKind
  readonly state: MessageState
  readonly delivery?: string
  readonly reason?: string
  readonly text?: string
  readonly createdAt: Instant
  readonly claimedAt?: Instant
}

export interface TimelineLine {
  readonly id: string
  readonly at: Instant
  readonly kind: string
  readonly text: string
  readonly remedy?: string
  readonly cause?: string
}

export interface ConnectionLine {
  readonly id: string
  readonly name: string
  readonly adapter: string
  readonly port: string
  readonly state: 'active' | 'paused'
  readonly account?: string
  /** Since when its bookings are only watched. */
  readonly witnessSince?: Instant
  readonly lastInboundAt?: Instant
  readonly lastTest?: { readonly at: Instant; readonly ok: boolean; readonly note?: string }
  readonly failingSince?: Instant
  readonly readThrough?: Instant
  readonly sweptAt?: Instant
  /** Changes of the last day that a poll or a sweep found and no webhook had announced; absent when there is none. */
  readonly unannounced?: number
}

export interface AlertsQuery {
  readonly limit: number
  readonly after?: string
  readonly state: 'open' | 'closed' | 'all'
}

export interface AlertLine {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly text: string
  readonly remedy: string
  /** `page`: the operator's alarm address is told. */
  readonly loud: 'warn' | 'urgent' | 'page'
  readonly openedAt: Instant
  readonly closedAt?: Instant
}

export interface LooksQuery {
  readonly limit: number
  readonly after?: string
  readonly ref?: string
}

export interface LookLine {
  readonly connection: { readonly id: string; readonly name: string }
  readonly ref: string
  readonly outcome: 'changed' | 'unchanged' | 'not-found' | 'doubtful' | 'failed'
  /** For people: `Smoobu knows no booking 12345; nothing was done.` */
  readonly text: string
  readonly at: Instant
}
