import type { Booking, CivilDate } from '../../domain/booking.ts'
import type { LossVerdict } from '../../domain/brake.ts'
import { wishesOf } from '../../domain/code.ts'
import type { CodeTransition } from '../../domain/code-transition.ts'
import type { AdoptionRefusal } from '../../domain/hand-made.ts'
import type { Instant } from '../../domain/instant.ts'
import type { Message } from '../../domain/message.ts'
import type { Fact } from '../../adapter/webhook.ts'
import { defaultPolicy } from '../../domain/policy.ts'
import { mostCareful } from '../../domain/drift-policy.ts'
import { isDeviceDoor } from '../../domain/property.ts'
import { brakeAlert } from '../../engine/brake-words.ts'
import type { Fingerprints } from '../../ports/secrets.ts'
import * as stores from '../../ports/stores.ts'
import type { Look } from '../../ports/work-queue.ts'
import { adoptionsAt, handMadeCodes, requestAdoption, saveAdoptions, settleAdoptions } from './memory-adoptions.ts'
import { claimLoss, decideLosses, heldLosses } from './memory-brake.ts'
import { storeBookings } from './memory-bookings.ts'
import { decideDrift, storeCode } from './memory-codes.ts'
import { applyEffects, checkFence, type EffectsKit, takeFence } from './memory-effects.ts'
import { hasUnreadWord, hear, heardOn } from './memory-heard.ts'
import type { MemoryQueue } from './memory-queue.ts'
import { bookingOf, emptyState, type MemoryState } from './memory-state.ts'
import { codeOf, stayOf, withSeen, withWanted } from './memory-stay.ts'

export interface MemoryStoreOptions {
  readonly tenantId: string
  readonly queue: MemoryQueue
  readonly fingerprints: Fingerprints
  /** A fresh uuid each time. */
  readonly newId: () => string
}

/** One tenant's memory without a database, with the rules of the real one: fences, merges, marks, timelines, alerts. */
export class MemoryStore implements stores.TenantStore {
  /** Alive: tests furnish and read it. */
  readonly state: MemoryState = emptyState()
  readonly #kit: EffectsKit
  readonly #fingerprints: Fingerprints

  constructor({ tenantId, queue, fingerprints, newId }: MemoryStoreOptions) {
    this.#kit = { tenantId, queue, newId }
    this.#fingerprints = fingerprints
  }

  async loadSource(connectionId: string): Promise<stores.SourceView | undefined> {
    const connection = this.state.connections.get(connectionId)
    if (!connection) return undefined
    const { name, account, readThrough, sweptAt } = connection
    return {
      connectionId,
      name,
      ...(account === undefined ? {} : { account }),
      ...(readThrough === undefined ? {} : { readThrough }),
      ...(sweptAt === undefined ? {} : { sweptAt }),
      policy: { ...defaultPolicy, ...this.state.policy },
    }
  }

  async confirmedBookings(
    connectionId: string,
    { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
  ): Promise<readonly Booking[]> {
    return this.#bookings().filter(
      ({ arrival, departure, ...booking }) =>
        booking.connectionId === connectionId &&
        booking.state === 'confirmed' &&
        arrival !== undefined &&
        departure !== undefined &&
        arrival <= to &&
        departure >= from,
    )
  }

  async bookingByRef(connectionId: string, ref: string): Promise<Booking | undefined> {
    return this.#bookings().find((booking) => booking.connectionId === connectionId && booking.ref === ref)
  }

  async saveBookings(look: Look, found: stores.FoundBookings, effects: stores.Effects): Promise<stores.SavedBookings> {
    checkFence(this.state, look)
    const { created, changed, marks, timeline } = storeBookings(this.state, look, found, effects.now, this.#kit.newId)
    const connection = this.state.connections.get(found.connectionId)
    if (connection) {
      const { readThrough, sweptAt } = found
      const account = connection.account ?? found.account
      this.state.connections.set(connection.id, {
        ...connection,
        ...(account === undefined ? {} : { account }),
        ...(readThrough === undefined ? {} : { readThrough }),
        ...(sweptAt === undefined ? {} : { sweptAt }),
      })
    }
    const all = { ...effects, timeline: [...timeline, ...(effects.timeline ?? [])] }
    applyEffects(this.state, all, this.#kit, marks)
    return { created, changed }
  }

  async shutOut(look: Look): Promise<void> {
    takeFence(this.state, look)
  }

  async saveFetch(look: Look, outcome: stores.FetchOutcome, effects: stores.Effects): Promise<void> {
    checkFence(this.state, look)
    if (!this.state.connections.has(outcome.connectionId))
      throw new stores.LeaseLost('The connection is no longer there.')
    this.state.fetches.set(`${outcome.connectionId}/${outcome.ref}`, outcome)
    applyEffects(this.state, effects, this.#kit)
  }

  async devicesOf(connectionId: string): Promise<readonly stores.ListedDevice[]> {
    const devices = [...this.state.devices.values()].filter((device) => device.connectionId === connectionId)
    return devices.map(({ id, vendorId, name, unreached }) => ({
      id,
      connectionId,
      vendorId,
      name,
      ...(unreached ? { unreachedAt: unreached.at } : {}),
    }))
  }

  async bookingsAwaitingDelivery(channel: string, since: Instant): Promise<readonly string[]> {
    const open = [...this.state.messages.values()].filter(
      (message) =>
        message.channel === channel &&
        (message.state === 'claimed' || message.state === 'accepted') &&
        message.claimedAt !== undefined &&
        message.claimedAt > since &&
        (message.delivery === undefined ||
          message.delivery === 'pending' ||
          message.delivery === 'sent' ||
          hasUnreadWord(this.state, channel, message)),
    )
    return [...new Set(open.map(({ bookingId }) => bookingId))]
  }

  async loadStay(bookingId: string, now: Instant): Promise<stores.StayView | undefined> {
    const stored = this.state.bookings.get(bookingId)
    return stored && stayOf(this.state, stored, now, this.#fingerprints)
  }

  async saveStay(look: Look, changes: stores.StayChanges, effects: stores.Effects): Promise<void> {
    checkFence(this.state, look)
    const { bookingId, plan, readiness, lastPins, create = [], update = [], settledAdoptions = [] } = changes
    for (const code of [...create, ...update])
      storeCode(this.state, look, withWanted(this.state.codes.get(code.id), code), effects.now)
    settleAdoptions(this.state, settledAdoptions)
    const stored = this.state.bookings.get(bookingId)
    if (stored) {
      const { readiness: _before, ...rest } = stored
      this.state.bookings.set(bookingId, {
        ...rest,
        plan,
        ...(readiness === undefined ? {} : { readiness }),
        ...(lastPins === undefined ? {} : { lastPins }),
      })
    }
    applyEffects(this.state, effects, this.#kit)
  }

  async claimLoss(look: Look, claim: stores.LossClaim): Promise<stores.LossAnswer> {
    checkFence(this.state, look)
    const answer = claimLoss(this.state, claim)
    applyEffects(this.state, { now: claim.now, ...brakeAlert(answer) }, this.#kit)
    return answer
  }

  async weighLosses(claims: readonly stores.LossClaim[]): Promise<readonly LossVerdict[]> {
    const trial = { ...this.state, losses: new Map(this.state.losses) }
    return claims.map((claim) => claimLoss(trial, claim).verdict)
  }

  async heldLosses(): Promise<readonly stores.HeldLosses[]> {
    return heldLosses(this.state)
  }

  async decideLosses(decision: stores.LossDecision): Promise<number | undefined> {
    const decided = decideLosses(this.state, decision)
    if (decided?.effects) applyEffects(this.state, decided.effects, this.#kit)
    return decided?.stays
  }

  async decideDrift(decision: stores.DriftDecision): Promise<'decided' | undefined> {
    const effects = decideDrift(this.state, decision)
    if (effects) applyEffects(this.state, effects, this.#kit)
    return effects && 'decided'
  }

  async handMadeCodes(): Promise<readonly stores.ListedHandMade[]> {
    return handMadeCodes(this.state, this.#fingerprints)
  }

  async requestAdoption(wish: stores.AdoptionWish): Promise<'asked' | AdoptionRefusal> {
    const answer = requestAdoption(this.state, wish, this.#fingerprints)
    if (typeof answer === 'string') return answer
    applyEffects(this.state, answer, this.#kit)
    return 'asked'
  }

  async codeHistory(codeId: string): Promise<readonly CodeTransition[]> {
    return [...(this.state.transitions.get(codeId) ?? [])]
  }

  async loadDevice(deviceId: string): Promise<stores.DeviceView | undefined> {
    const device = this.state.devices.get(deviceId)
    if (!device) return undefined
    const { id, connectionId, vendorId, name, failures, unreached } = device
    const doors = [...this.state.doors.values()].filter(isDeviceDoor).filter(({ entry }) => entry.deviceId === deviceId)
    const unclaimed = (device.foreign ?? []).flatMap(({ kind, mark }) =>
      kind === 'ours-unknown' && mark ? [mark] : [],
    )
    const codes = [...this.state.codes.values()].filter(
      (code) => code.deviceId === deviceId && (code.goneAt === undefined || unclaimed.includes(code.mark)),
    )
    return {
      device: { id, connectionId, vendorId, name },
      codes: codes.map(codeOf),
      unclaimed,
      ifChanged: mostCareful(doors.map(({ entry }) => entry.ifChanged ?? 'restore')),
      doorName: doors[0]?.name ?? name,
      policy: { ...defaultPolicy, ...this.state.policy },
      failures,
      ...(unreached ? { unreached: { since: unreached.since, at: unreached.at } } : {}),
      ...adoptionsAt(this.state, id),
      waitingBeside: unreached ? this.#waitingBeside(device) : [],
    }
  }

  async saveDevice(look: Look, changes: stores.DeviceChanges, effects: stores.Effects): Promise<void> {
    checkFence(this.state, look)
    const {
      deviceId,
      update = [],
      compared,
      outside,
      refusedPins = [],
      foreign,
      readAt,
      state,
      adoptions = [],
    } = changes
    for (const code of update) {
      const stored = this.state.codes.get(code.id)
      if (!stored) continue
      const found = { compared: compared?.get(code.id), outside: outside?.has(code.id) }
      storeCode(this.state, look, withSeen(stored, code, effects.now), effects.now, found)
    }
    const device = this.state.devices.get(deviceId)
    if (device) {
      const { unreached, ...rest } = device
      const refused = refusedPins.map(({ pin }) => this.#fingerprints.fingerprint(deviceId, pin))
      this.state.devices.set(deviceId, {
        ...rest,
        ...(readAt === undefined ? {} : { readAt, failures: 0 }),
        ...(readAt === undefined && unreached ? { unreached } : {}),
        ...(foreign === undefined ? {} : { foreign }),
        ...(state === undefined ? {} : { state: { ...device.state, ...state } }),
        refused: new Set([...device.refused, ...refused]),
      })
    }
    saveAdoptions(this.state, deviceId, adoptions, foreign)
    applyEffects(this.state, effects, this.#kit)
  }

  async heardOn(channel: string, about: stores.HeardQuery): Promise<stores.Heard> {
    return heardOn(this.state, channel, about)
  }

  /** What intake does with the facts of a signed webhook. */
  hear(channel: string, facts: readonly Fact[]): void {
    hear(this.state, channel, facts)
  }

  async bookingOfMessage(messageId: string): Promise<string | undefined> {
    return this.state.messages.get(messageId)?.bookingId
  }

  async saveMessages(look: Look, changes: stores.MessageChanges, effects: stores.Effects): Promise<void> {
    checkFence(this.state, look)
    const { bookingId, create = [], update = [], replies = [] } = changes
    for (const message of update) {
      if (this.state.messages.has(message.id)) this.state.messages.set(message.id, message)
    }
    for (const message of create) {
      if (!this.#isIntended(message)) this.state.messages.set(message.id, message)
    }
    for (const reply of replies) {
      const known = this.state.replies.some(
        ({ channel, at, text, ...one }) =>
          one.bookingId === bookingId && channel === reply.channel && at === reply.at && text === reply.text,
      )
      if (!known) this.state.replies.push({ ...reply, bookingId })
    }
    applyEffects(this.state, effects, this.#kit)
  }

  async claimMessage(look: Look, claim: stores.MessageClaim): Promise<boolean> {
    checkFence(this.state, look)
    const { message, bookingVersion, wishes, text, subject, now } = claim
    const stored = this.state.messages.get(message.id)
    const booking = this.state.bookings.get(message.bookingId)?.booking
    if (stored?.state !== 'planned' || booking?.version !== bookingVersion) return false
    if (booking.state !== 'confirmed' && stored.kind !== 'withdrawal') return false
    const codes = [...this.state.codes.values()].filter(({ bookingId }) => bookingId === message.bookingId)
    if (wishesOf(codes).join() !== wishes.join()) return false
    const words = subject === undefined ? { text } : { text, subject }
    this.state.messages.set(message.id, { ...stored, to: message.to, ...words, state: 'claimed', claimedAt: now })
    return true
  }

  async unsentAlarms(): Promise<stores.AlarmView> {
    const unsent = this.state.alerts.filter(
      ({ loud, closedAt, alarmSentAt }) => loud === 'page' && closedAt === undefined && alarmSentAt === undefined,
    )
    const alerts = unsent.map(({ closedAt: _closed, alarmSentAt: _sent, ...alert }) => alert)
    return { alerts, ...(this.state.alarm ? { address: this.state.alarm } : {}) }
  }

  async saveConnection(look: Look, health: stores.ConnectionHealth, effects: stores.Effects): Promise<void> {
    checkFence(this.state, look)
    const { connectionId, ok, note } = health
    const { now } = effects
    const connection = this.state.connections.get(connectionId)
    if (connection) {
      const { failingSince, ...rest } = connection
      const account = connection.account ?? health.account
      const tested = ok === undefined ? {} : { lastTest: { at: now, ok, ...(note === undefined ? {} : { note }) } }
      const since = ok === true ? undefined : ok === false ? (failingSince ?? now) : failingSince
      this.state.connections.set(connectionId, {
        ...rest,
        ...tested,
        ...(account === undefined ? {} : { account }),
        ...(since === undefined ? {} : { failingSince: since }),
      })
    }
    const device = look.kind === 'device' ? this.state.devices.get(look.key) : undefined
    if (device && health.unreached) {
      const unreached = { since: device.unreached?.since ?? now, at: now, by: health.unreached }
      this.state.devices.set(device.id, { ...device, failures: device.failures + 1, unreached })
    }
    applyEffects(this.state, effects, this.#kit)
  }

  async saveAlarms(look: Look, alertIds: readonly string[], effects: stores.Effects): Promise<void> {
    checkFence(this.state, look)
    for (const [index, alert] of this.state.alerts.entries()) {
      if (alertIds.includes(alert.id)) this.state.alerts[index] = { ...alert, alarmSentAt: effects.now }
    }
    applyEffects(this.state, effects, this.#kit)
  }

  #waitingBeside({ id, connectionId }: stores.DeviceRow): string[] {
    return [...this.state.devices.values()]
      .filter((other) => other.id !== id && other.connectionId === connectionId && other.unreached?.by === 'connection')
      .map((other) => other.id)
  }

  #bookings(): readonly Booking[] {
    return [...this.state.bookings.values()].map((stored) => bookingOf(this.state, stored))
  }

  #isIntended({ id, bookingId, channel, kind, version }: Message): boolean {
    return [...this.state.messages.values()].some(
      (message) =>
        message.id === id ||
        (message.state !== 'withdrawn' &&
          message.bookingId === bookingId &&
          message.channel === channel &&
          message.kind === kind &&
          message.version === version),
    )
  }
}
