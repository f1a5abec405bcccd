import { describe } from 'vitest'
import { describeLockProvider, memoryLock } from '../../src/testing/index.ts'

const minute = 60_000

describe('the list is the device', () => describeLockProvider(memoryLock({ capacity: 12, forbiddenPins: ['123456'] })))
describe('the vendor tells what is synced', () =>
  describeLockProvider(memoryLock({ readBack: 'synced', syncDelay: minute, canUpdate: false, opens: false })))
describe('a cloud with a heartbeat, whose list lags', () =>
  describeLockProvider(memoryLock({ readBack: 'heartbeat', syncDelay: 2 * minute, showsAfter: minute })))
describe('a cloud that hides PINs and windows, in steps of an hour', () =>
  describeLockProvider(
    memoryLock({
      readBack: 'cloud',
      readsPin: false,
      readsWindow: false,
      windowStep: 60 * minute,
      refusesTakenPins: false,
    }),
  ))
