import smsfactor from '@stayward/notify-smsfactor'
import { fakeToken, smsFactorVendor } from '@stayward/notify-smsfactor/testing'
import { alarmPhone } from './guests.ts'
import type { ChannelPart, Now } from './parts.ts'

/** An SMSFactor account whose texts arrive within seconds. */
export function smsFactorPart(now: Now): ChannelPart {
  const fake = smsFactorVendor({ now, webhooks: true })
  return {
    adapter: smsfactor,
    config: { apiToken: fakeToken, lowCredits: 0 },
    fake,
    alarm: alarmPhone,
    phone: (address) => address,
    says: (shown, words) => shown === words,
    letters: () =>
      fake.state.messages
        .filter(({ standing }) => standing === 'going')
        .map(({ key, to, shown, sentAt, reports }) => {
          const arrived = reports.find(({ code, at }) => code === 3 && at <= now())
          return { key, to: `+${to}`, text: shown, sentAt, ...(arrived ? { arrivedAt: arrived.at } : {}) }
        }),
  }
}
