import { millisecondsOf } from '@stayward/core/adapter'
import type { Subject } from '@stayward/core/testing'
import intercom from '../src/adapter.ts'
import type { Config } from '../src/config.ts'
import { deviceAddress, goodAccount, type TwoNVendor, twoNVendor } from '../src/testing/index.ts'

export const certificate = 'ab'.repeat(32)

export const subject: Subject<'intercom', TwoNVendor, Config> = {
  adapter: intercom,
  config: { address: deviceAddress, ...goodAccount, certificate },
  wrongConfig: { address: deviceAddress, username: 'stayward', password: 'a-password-that-was-changed' },
  secrets: [goodAccount.password, 'a-password-that-was-changed', 'Ada', 'Caretaker Milo', '86429750', deviceAddress],
  vendor: (clock) => twoNVendor({ now: () => millisecondsOf(clock.now()) }),
}
