import { millisecondsOf } from '@stayward/core/adapter'
import { describeNotifier } from '@stayward/core/testing'
import smtp from '../src/adapter.ts'
import { dialBy, fakeAccount, smtpVendor } from '../src/testing/index.ts'
import { configOf } from './open.ts'

const waits = 'SMTP says that it is too much, and never until when'
const broken = 'half a reply is none: for SMTP the connection broke, which reset-before and reset-after play'

describeNotifier({
  adapter: smtp,
  config: configOf(),
  wrongConfig: configOf({ password: 'apricot-candle-17' }),
  secrets: [fakeAccount.password, 'apricot-candle-17', 'ana@guest.test', 'ana', fakeAccount.user],
  vendor: (clock) => smtpVendor({ now: () => millisecondsOf(clock.now()) }),
  dial: dialBy,
  unfit: {
    'wait-seconds': waits,
    'wait-date': waits,
    'wait-epoch': waits,
    'wait-absurd': waits,
    unavailable: waits,
    cut: broken,
    empty: broken,
    redirect: 'SMTP has none',
  },
})
