import whatsApp from '@stayward/notify-whatsapp'
import { fake as account, freshState, whatsAppVendor } from '@stayward/notify-whatsapp/testing'
import { alarmPhone } from './guests.ts'
import type { ChannelPart, Now } from './parts.ts'

/** A WhatsApp number whose guests have never written: they are told by templates. */
export function whatsAppPart(now: Now): ChannelPart {
  const fake = whatsAppVendor({ state: { ...freshState(now()), inbound: [] }, now })
  return {
    adapter: whatsApp,
    config: {
      phoneNumberId: account.number,
      businessAccountId: account.account,
      accessToken: account.token,
      appSecret: account.appSecret,
      verifyToken: 'a-verify-token-of-the-simulation',
      doorCodeTemplate: 'door_code',
      changeTemplate: 'door_change',
      withdrawalTemplate: 'door_withdrawal',
      alarmTemplate: 'door_alarm',
    },
    fake,
    alarm: alarmPhone,
    phone: (address) => address,
    // Templates say in their own order what our words say line by line; a withdrawal leaves dates and doors out.
    says: (shown, words) => {
      const [kind = '', stay = '', ...doors] = words.split('\n')
      const [unit = '', dates = ''] = stay.split(', ')
      if (kind === 'withdrawal') return shown.includes(`your booking of ${unit},`) && shown.includes('cancelled')
      const isChange = shown.startsWith('Something has changed.')
      const [from = '', until = ''] = dates.split(' to ')
      const whole = `${unit}, House, from ${from} until ${until}: ${doors.join(' · ')}.`
      return isChange === (kind === 'change') && shown.includes(whole)
    },
    letters: () =>
      fake.state.messages.map(({ key, to, shown, at, statuses }) => {
        const arrived = statuses.find((one) => one.status === 'delivered' && one.at <= now())
        return { key, to: `+${to}`, text: shown, sentAt: at, ...(arrived ? { arrivedAt: arrived.at } : {}) }
      }),
  }
}
