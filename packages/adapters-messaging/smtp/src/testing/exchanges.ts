import type { Delay, Dial } from '@stayward/core/adapter'
import { memoryEnd } from './memory-socket.ts'
import { smtpReply } from './smtp-vendor.ts'

/**
 * A line to the fake on which every exchange is a request: the greeting, each command with its reply, and the whole letter
 * up to its dot. So a fault of the kit can strike before, at and after each of them. `QUIT` is none: nobody waits for its reply.
 * With `delay` the line's silence is measured by that clock instead of not at all.
 */
export function dialBy(fetch: typeof globalThis.fetch, delay?: Delay): Dial {
  return async () => {
    const id = `c${(conversations += 1)}`
    const gone = new AbortController()
    let said = ''
    let inLetter = false
    let last: Promise<void> = Promise.resolve()
    const exchange = (bytes: string) => {
      last = last.then(async () => {
        // As a network does: what left has left before anything comes back.
        await new Promise((later) => setImmediate(later))
        if (end.socket.destroyed) return
        try {
          const body = Buffer.from(bytes, 'latin1')
          const address = `https://mail.example.test/conversations/${id}`
          const answer = await fetch(address, { method: 'POST', body, signal: gone.signal })
          inLetter = await tell(answer)
        } catch (error) {
          end.socket.destroy(asSocketError(error))
        }
      })
    }
    const tell = async (answer: Response): Promise<boolean> => {
      const isGenuine = answer.headers.get('content-type') === smtpReply
      if (!isGenuine && answer.status >= 500) {
        end.hear(null) // the server broke down: the connection ends without a word
        return false
      }
      if (!isGenuine && answer.status >= 400) {
        end.hear(Buffer.from(refusals[answer.status] ?? refusals[429] ?? ''))
        return false
      }
      let whole = ''
      for await (const chunk of answer.body ?? []) {
        if (end.socket.destroyed) return false
        if (whole.length < 1000) whole += Buffer.from(chunk).toString('latin1')
        end.hear(chunk)
      }
      if (!isGenuine) end.hear(Buffer.from('\r\n'))
      return whole.startsWith('354')
    }
    const end = memoryEnd((bytes) => {
      said += bytes.toString('latin1')
      const isWhole = inLetter ? said.endsWith('\r\n.\r\n') || said === '.\r\n' : said.endsWith('\r\n')
      if (!isWhole) return
      const bytesSaid = said
      said = ''
      if (bytesSaid !== 'QUIT\r\n') exchange(bytesSaid)
    }, delay)
    end.socket.once('close', () => gone.abort())
    exchange('')
    return { socket: end.socket, isPrivate: true }
  }
}

let conversations = 0

/** What a mail server says where another vendor answers with these. */
const refusals: Readonly<Record<number, string>> = {
  401: '535 5.7.8 Authentication credentials invalid\r\n',
  403: '530 5.7.0 Authentication required\r\n',
  423: '450 4.3.2 System busy\r\n',
  429: '421 4.7.0 Too many messages, try again later\r\n',
}

/** As the system would report it of a socket. */
function asSocketError(error: unknown): Error {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at.name === 'TimeoutError') return Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT' })
    if ('code' in at && typeof at.code === 'string') return Object.assign(new Error(at.code), { code: at.code })
  }
  return error instanceof Error ? error : new Error('the connection broke', { cause: error })
}
