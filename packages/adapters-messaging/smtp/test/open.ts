import smtp, { type SmtpConfig } from '../src/adapter.ts'
import { fakeAccount } from '../src/testing/index.ts'

export const guest = 'ana@guest.test'

export function configOf(more: Record<string, unknown> = {}): SmtpConfig {
  const fields = {
    host: 'mail.example.test',
    security: 'none',
    ...fakeAccount,
    fromAddress: fakeAccount.user,
    fromName: 'Quai House',
    ...more,
  }
  // A field that a test sets to nothing is left out.
  return smtp.config.parse(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
}
