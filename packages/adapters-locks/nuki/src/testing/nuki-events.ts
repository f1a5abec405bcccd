import { createHmac } from 'node:crypto'
import { authAnswer, masterData, statusOf } from './nuki-answers.ts'
import type { FakeCode, FakeLock, FakeLogRow, NukiState } from './nuki-state.ts'

/** `X-Nuki-Signature-SHA256`: HMAC over the raw body, key and digest as text. */
export function signatureOf(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

/** Builders of the payloads, as a subscriber gets them. */
export const payloads = {
  auths: (lock: FakeLock, code: FakeCode, deleted = false) => ({
    feature: 'DEVICE_AUTHS',
    deleted,
    smartlockAuth: authAnswer(lock, code, true),
  }),
  log: (lock: FakeLock, row: FakeLogRow) => ({
    feature: 'DEVICE_LOGS',
    smartlockLog: { smartlockId: lock.smartlockId, deviceType: 0, autoUnlock: false, ...row },
  }),
  status: (lock: FakeLock) => ({
    feature: 'DEVICE_STATUS',
    smartlockId: lock.smartlockId,
    state: statusOf(lock),
    serverState: lock.serverState,
    adminPinState: lock.adminPinState,
  }),
  masterData: (state: NukiState, lock: FakeLock) => ({
    feature: 'DEVICE_MASTERDATA',
    deleted: false,
    ...masterData(state, lock),
  }),
}

/** Puts a delivery for every registration that wants this feature into the outbox. */
export function publish(state: NukiState, payload: { readonly feature: string }): void {
  const body = JSON.stringify(payload)
  const subscribers = state.webhooks.filter(({ webhookFeatures }) => webhookFeatures.includes(payload.feature))
  for (const { secret } of subscribers) {
    const headers = {
      'content-type': 'application/json; charset=UTF-8',
      'x-nuki-signature': 'an older one that nobody checks',
      'x-nuki-signature-sha256': signatureOf(secret, body),
    }
    if (!state.switches.messyWebhooks) state.outbox.push({ headers, body })
    else state.outbox.unshift({ headers, body }, { headers, body })
  }
}
