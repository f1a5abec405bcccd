const seconds = (n: number) => n * 1000
const minutes = (n: number) => n * 60_000
const hours = (n: number) => n * 3_600_000
const days = (n: number) => n * 86_400_000

/** How long things take and may take, in milliseconds. A tenant may change those that `TenantPolicy` repeats. */
export const limits = {
  /** A code goes to its device this long before check-in. */
  pushAhead: hours(72),
  /** Not confirmed by then: a warning. */
  warnBefore: hours(24),
  /** Not confirmed by then: a person is alarmed. */
  pageBefore: hours(4),
  /** A booking learned inside `pageBefore` alarms when it is not confirmed this long after. */
  lateBooking: minutes(10),
  graceIn: minutes(0),
  graceOut: minutes(30),
  /** Check-in nearer than this: the guest is told what is known, and a person is alarmed. */
  tellUnprovenBefore: hours(4),
  /** The same PIN does not come back to a device for another stay within this time. */
  pinCoolDown: days(90),
  /** A plain PIN is kept this long after its code is proven gone; then only its fingerprint stays. */
  pinAfterRevoked: hours(24),
  /** A booking source is asked what changed this often. */
  poll: minutes(10),
  /** A booking source is asked for everything in the horizon this often. */
  sweepSource: hours(6),
  /** Stays this far ahead are read in a sweep of the source. */
  horizon: days(400),
  /** A device with an arrival or departure within 24 h is re-read this often. */
  sweepNear: minutes(30),
  sweepFar: hours(24),
  /** How often a connection's health is tested. */
  probe: hours(1),
  /** An unknown send is looked up, and repeated at most once, only after this. */
  silence: minutes(20),
  /** How far a vendor's clock may be behind ours, whole seconds included. */
  clockTolerance: minutes(2),
  /** Further nudges about one key within this time cost one more look, at its end. */
  nudgeSpacing: seconds(5),
  /** A cloud's list counts as the device's own once the gateway was seen this long after the write … */
  heartbeatAfterWrite: seconds(30),
  /** … and no longer ago than this. */
  heartbeatFresh: minutes(10),
  /** A code that was written but is not proven yet is looked at again after this, doubling up to `sweepNear`. */
  proofAgain: seconds(10),
  /** A device that does not keep a code is given it again no more often than this while its guest is near or in. */
  repairNear: minutes(5),
  /** A code that somebody has cut short under a guest in the house is put right this long before it ends. */
  beforeItEnds: minutes(10),
  /** A code that was changed on its device this often after it had been proven is left to a person. */
  rewrites: 5,
  /** A code that was there and is not listed, though nobody of ours removed it, is believed to be gone after this. */
  vanished: minutes(2),
  /** From so many failed looks in a row on, a device is looked at by how soon somebody stands at it. */
  suspendAfter: 9,
  /** … this often while something is open there or an arrival is near (with the queue's jitter five minutes) … */
  unreachedNear: minutes(4.75),
  /** … and this often otherwise. */
  unreachedFar: minutes(30),
  /** A device that is not reached for this long is on a person's screen … */
  unreached: minutes(10),
  /** … or for this long, while nobody arrives there in the next days. */
  unreachedIdle: hours(1),
  /** A webhook about a device that is not reached is worth a look at once, if the last one is this long ago. */
  unreachedNudge: minutes(1),
  /** How long a door may take to prove a code before a near arrival is told without the proof. */
  proofGrace: minutes(2),
  /** A door that a moved guest has left and whose code waits for the new one is asked about again after this. */
  moveAgain: minutes(5),
  /** A code that should be gone, is not proven gone and may still open is on a person's screen after this. */
  doubt: minutes(15),
  /** Further apart than this, the hub's clock and the database's are not believed. */
  clockSkew: seconds(30),
  /** After one of them has jumped, and while they are not believed, time is asked for again after this. */
  clockSettles: minutes(1),
  /**
   * After a person has confirmed that the store was set back, booking systems and doors are read for this long before it goes
   * on; longer than `vanished`, so that it is seen what doors no longer hold.
   */
  readsFirst: minutes(3),
  /** When it goes on, a door that could not be read yet is waited for this long. */
  adoptWithin: hours(1),
  /** The most that a device may round the end of a code up to, milliseconds. */
  coarsestStep: hours(1),
  /** A text that its channel reports on and that has not arrived after this is not counted on. */
  arrives: minutes(5),
  /** Recorded openings are asked for no further back than this. */
  openingsBack: days(7),
  /** More stays than this of one booking connection or in one property lose their codes within `per`: a person decides. */
  brake: { stays: 3, share: 0.2, per: hours(1) },
  /** How long it can be told what changed of a code, when and why. */
  auditKept: days(400),
  messagesPerRecipientPerDay: 6,
  stay: { min: hours(1), max: days(400) },
} as const

/** The pace of things that wait for a vendor. The demo divides it; nothing else does. */
export interface Pace {
  readonly nudgeSpacing: number
  readonly heartbeatAfterWrite: number
  readonly proofAgain: number
  readonly silence: number
  readonly proofGrace: number
}

/** The everyday pace, or one `divisor` times as fast for fakes whose delays are divided as well. */
export function paceOf(divisor = 1): Pace {
  return {
    nudgeSpacing: limits.nudgeSpacing / divisor,
    heartbeatAfterWrite: limits.heartbeatAfterWrite / divisor,
    proofAgain: limits.proofAgain / divisor,
    silence: limits.silence / divisor,
    proofGrace: limits.proofGrace / divisor,
  }
}
