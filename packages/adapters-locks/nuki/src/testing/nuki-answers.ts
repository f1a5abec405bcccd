import type { FakeCode, FakeLock, FakeLogRow, NukiState } from './nuki-state.ts'

/** The part of a lock that `DEVICE_MASTERDATA` carries as well. */
export function masterData({ accountId }: NukiState, lock: FakeLock) {
  return {
    smartlockId: lock.smartlockId,
    accountId,
    type: lock.type,
    authId: 12,
    name: lock.name,
    favorite: false,
    firmwareVersion: 198920,
    hardwareVersion: 1281,
    serverState: lock.serverState,
    adminPinState: lock.adminPinState,
  }
}

export function statusOf({ batteryCritical, batteryCharge, keypadBatteryCritical }: FakeLock) {
  return {
    mode: 2,
    state: 1,
    trigger: 0,
    lastAction: 2,
    batteryCritical,
    batteryCharging: false,
    ...(batteryCharge === null ? {} : { batteryCharge }),
    keypadBatteryCritical,
    doorsensorBatteryCritical: false,
    doorState: 2,
    ringToOpenTimer: 0,
    nightMode: false,
  }
}

export function lockAnswer(state: NukiState, lock: FakeLock, now: number): object {
  return {
    ...masterData(state, lock),
    virtualDevice: false,
    config: {
      name: lock.name,
      latitude: 48.2,
      longitude: 16.4,
      keypadPaired: lock.keypad === 1,
      keypad2Paired: lock.keypad === 2,
      timezoneId: 37,
      timezoneOffset: 0,
      advertisingMode: 0,
      singleLock: true,
    },
    state: statusOf(lock),
    creationDate: '2025-01-05T10:00:00.000Z',
    updateDate: new Date(now).toISOString(),
  }
}

/** Fields without a value are left out, as the real answers do. */
export function authAnswer({ smartlockId }: FakeLock, code: FakeCode, showsCode: boolean): object {
  const { code: pin, ...rest } = code
  const present = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
  return { ...present, smartlockId, type: 13, ...(showsCode ? { code: pin } : {}) }
}

export function logAnswer(
  { smartlockId, type }: FakeLock,
  { name, ...row }: FakeLogRow,
  { namesInLog }: NukiState['switches'],
): object {
  const deviceType = type === 2 ? 2 : 0
  return { ...row, smartlockId, deviceType, autoUnlock: false, name: namesInLog ? name : '' }
}
