import { millisecondsOf } from '@stayward/core/adapter'
import type { Subject } from '@stayward/core/testing'
import type { Config } from '../src/config.ts'
import theKeys from '../src/adapter.ts'
import { theKeysVendor, type TheKeysVendor } from '../src/testing/index.ts'

export const subject: Subject<'lock', TheKeysVendor, Config> = {
  adapter: theKeys,
  config: { username: '+33600000000', password: 'p&ss+word 42%' },
  wrongConfig: { username: '+33600000000', password: 'an older password' },
  secrets: [
    '33600000000',
    'p&ss+word 42%',
    'an older password',
    'sample-jwt',
    'sample-access',
    'lock-secret',
    'share-secret',
    'Ana',
    'ana@example.org',
  ],
  vendor: (clock) => theKeysVendor({ now: () => millisecondsOf(clock.now()) }),
}
