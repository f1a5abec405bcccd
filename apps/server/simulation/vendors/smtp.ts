import smtp from '@stayward/notify-smtp'
import { dialBy, fakeAccount, readMail, smtpVendor } from '@stayward/notify-smtp/testing'
import { alarmPhone, phoneOfMail } from './guests.ts'
import type { ChannelPart, Now } from './parts.ts'

/** A mail server that takes the host's mail. */
export function smtpPart(now: Now): ChannelPart {
  const fake = smtpVendor({ now })
  return {
    adapter: smtp,
    // Nothing lies between it and the hub where somebody could listen.
    config: { host: 'mail.example.test', security: 'none', ...fakeAccount, fromAddress: fakeAccount.user },
    fake,
    alarm: 'alarm@host.test',
    phone: (address) => (address === 'alarm@host.test' ? alarmPhone : phoneOfMail(address)),
    dial: dialBy,
    says: (shown, words) => shown.trim() === words.trim(),
    letters: () =>
      fake.state.mails.map(({ to, raw, at }) => {
        const { headers, text } = readMail(raw)
        const [, key = ''] = /^<([^@]+)@/.exec(headers.get('message-id') ?? '') ?? []
        return { key, to, text, sentAt: at, arrivedAt: at }
      }),
  }
}
