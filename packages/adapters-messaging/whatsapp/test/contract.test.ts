import { millisecondsOf } from '@stayward/core/adapter'
import { describeNotifier } from '@stayward/core/testing'
import whatsApp from '../src/adapter.ts'
import { fake, whatsAppVendor } from '../src/testing/index.ts'
import { configOf, verifyToken } from './open.ts'

const wrong = { accessToken: 'EAAanothertokenofnobodyatall', appSecret: 'f'.repeat(32) }

describeNotifier({
  adapter: whatsApp,
  config: configOf(),
  wrongConfig: configOf({ ...wrong, verifyToken: 'another-verify-token' }),
  secrets: [fake.token, fake.appSecret, verifyToken, wrong.accessToken, wrong.appSecret, '33639980001', '639980001'],
  vendor: (clock) => whatsAppVendor({ now: () => millisecondsOf(clock.now()), statusDelay: 1000 }),
})
