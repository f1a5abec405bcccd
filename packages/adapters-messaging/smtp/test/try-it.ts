import { once } from 'node:events'
import { connect } from 'node:net'
import { createTurns, guardLine, ownBook, systemClock, systemEntropy } from '@stayward/core/adapter'
import smtp from '@stayward/notify-smtp'

const { SMTP_HOST: host = '', SMTP_USER: user = '', SMTP_PASSWORD: password } = process.env
const config = smtp.config.parse({ host, user, password, fromAddress: user })
const turns = createTurns({ rate: smtp.rate, book: ownBook() })
const line = guardLine(async (signal) => {
  const socket = connect(config.port, host)
  await once(socket, 'connect', { signal })
  return { socket, isPrivate: false }
}, turns)
const mail = smtp.open({ config, line, fetch, clock: systemClock, entropy: systemEntropy })
const call = { signal: AbortSignal.timeout(60_000) }

console.log(await mail.readAccount(call))
console.log(await mail.send({ key: 'try-it-1', to: user, subject: 'Stayward', text: 'Hello from Stayward' }, call))
await mail.close?.()
