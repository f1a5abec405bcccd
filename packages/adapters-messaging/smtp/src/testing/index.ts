/** For tests and the demo: a mail server with a memory. */
export { dialBy } from './exchanges.ts'
export { type ReadMail, readMail } from './read-mail.ts'
export { type SmtpVendor, smtpVendor } from './smtp-vendor.ts'
export { type Answer, fakeAccount, freshState, type SmtpState } from './smtp-state.ts'
