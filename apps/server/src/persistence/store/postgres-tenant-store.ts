import type { Effects, Look, TenantStore } from '@stayward/core'
import type { Pool } from 'pg'
import type { TenantSecrets } from '../../secrets/tenant-secrets.ts'
import { handMadeCodes, requestAdoption } from './adoptions.ts'
import { claimLoss, decideLosses, heldLosses, weighLosses } from './brake.ts'
import { codeHistory } from './code-transitions.ts'
import { decideDrift } from './decide-drift.ts'
import { saveAlarms, saveConnection, saveFetch, unsentAlarms } from './connections.ts'
import { shutOut } from './fence.ts'
import { devicesOf, loadDevice } from './load-device.ts'
import { loadStay } from './load-stay.ts'
import { bookingOfMessage, bookingsAwaitingDelivery, claimMessage, heardOn, saveMessages } from './messages.ts'
import { bookingByRef, confirmedBookings, loadSource } from './read-bookings.ts'
import { saveBookings } from './save-bookings.ts'
import { saveDevice } from './save-device.ts'
import { saveStay } from './save-stay.ts'
import { type Run, tenantSession } from './tenant-session.ts'

export interface PostgresTenantStoreOptions {
  /** Of the application's login. */
  readonly pool: Pool
  readonly tenantId: string
  readonly secrets: TenantSecrets
  /** Called when a save that marked keys has committed: wakes the loops. */
  readonly markedLocally?: () => void
}

/**
 * One tenant's memory in PostgreSQL. The engine's looks are the hot path of the hub, so these are hand-written
 * statements: a load is one round trip, a save a short transaction, whatever it holds.
 */
export function postgresTenantStore({
  pool,
  tenantId,
  secrets,
  markedLocally,
}: PostgresTenantStoreOptions): TenantStore {
  const session = tenantSession(pool, tenantId)
  const save = async (work: (run: Run) => Promise<boolean>): Promise<void> => {
    if (await session.write(work)) markedLocally?.()
  }
  const about = (run: Run, look: Look, effects: Effects) => ({ run, tenantId, secrets, look, effects })
  return {
    loadSource: (connectionId) => loadSource(session, connectionId),
    confirmedBookings: (connectionId, stays) => confirmedBookings(session, secrets, connectionId, stays),
    bookingByRef: (connectionId, ref) => bookingByRef(session, secrets, connectionId, ref),
    async saveBookings(look, found, effects) {
      const { marked, ...saved } = await session.write((run) => saveBookings({ ...about(run, look, effects), found }))
      if (marked) markedLocally?.()
      return saved
    },
    shutOut: (look) => session.write((run) => shutOut(run, tenantId, look)),
    saveFetch: (look, outcome, effects) => save((run) => saveFetch(about(run, look, effects), outcome)),
    devicesOf: (connectionId) => devicesOf(session, connectionId),
    bookingsAwaitingDelivery: (channel, since) => bookingsAwaitingDelivery(session, channel, since),
    loadStay: (bookingId, now) => loadStay(session, secrets, bookingId, now),
    saveStay: (look, changes, effects) => save((run) => saveStay({ ...about(run, look, effects), changes })),
    async claimLoss(look, claim) {
      const { answer, marked } = await session.write((run) => claimLoss({ run, tenantId, look }, claim))
      if (marked) markedLocally?.()
      return answer
    },
    weighLosses: (claims) => weighLosses(session, tenantId, claims),
    heldLosses: () => session.write((run) => heldLosses(run, tenantId)),
    async decideLosses(decision) {
      const { stays, marked } = await session.write((run) => decideLosses(run, tenantId, decision))
      if (marked) markedLocally?.()
      return stays
    },
    async decideDrift(decision) {
      const { decided, marked } = await session.write((run) => decideDrift(run, tenantId, decision))
      if (marked) markedLocally?.()
      return decided ? 'decided' : undefined
    },
    handMadeCodes: () => handMadeCodes(session, secrets),
    async requestAdoption(wish) {
      const { answer, marked } = await session.write((run) => requestAdoption(run, tenantId, wish))
      if (marked) markedLocally?.()
      return answer
    },
    codeHistory: (codeId) => codeHistory(session, codeId),
    loadDevice: (deviceId) => loadDevice(session, secrets, deviceId),
    saveDevice: (look, changes, effects) => save((run) => saveDevice({ ...about(run, look, effects), changes })),
    heardOn: (channel, about) => heardOn(session, secrets, channel, about),
    bookingOfMessage: (messageId) => bookingOfMessage(session, messageId),
    saveMessages: (look, changes, effects) =>
      save((run) => saveMessages({ run, tenantId, secrets, look }, changes, effects)),
    claimMessage: (look, claim) => session.write((run) => claimMessage({ run, tenantId, secrets, look }, claim)),
    unsentAlarms: () => unsentAlarms(session, secrets),
    saveConnection: (look, health, effects) => save((run) => saveConnection(about(run, look, effects), health)),
    saveAlarms: (look, alertIds, effects) => save((run) => saveAlarms(about(run, look, effects), alertIds)),
  }
}
