import {
  type Call,
  createHttp,
  type HttpAnswer,
  type HttpRequest,
  inTurn,
  type OpenContext,
} from '@stayward/core/adapter'
import { type Config, siteOf } from './config.ts'
import { basicAnswer, type Challenge, challengeIn, digestAnswer } from './digest.ts'
import { accountRemedy, signInRefused, silenceRemedy, vendor } from './refusals.ts'

export type Send = (request: HttpRequest, call: Call) => Promise<HttpAnswer>

/** How one service of the device is signed in to. The device may want it otherwise for each (docs/vendors/2n.md). */
interface Session {
  readonly challenge: Challenge
  readonly cnonce: string
  count: number
}

/** One request at a time, signed as the device asks: its challenge is answered once, and its nonce used while it holds. */
export function createSend({ config, fetch, clock, entropy }: Omit<OpenContext<Config>, 'vault'>): Send {
  const { origin } = siteOf(config)
  const http = createHttp({ fetch, clock, origin, vendor, authRemedy: accountRemedy, silenceRemedy })
  const turn = inTurn()
  const sessions = new Map<string, Session>()

  const ask = async (request: HttpRequest, session: Session | undefined, call: Call) => {
    const headers = {
      accept: 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(session ? { authorization: authorizationOf(session, request) } : {}),
    }
    return await http({ ...request, headers, judges: [401] }, call)
  }

  const authorizationOf = (session: Session, { method, path, query }: HttpRequest): string => {
    const { challenge, cnonce } = session
    if (challenge.scheme === 'basic') return basicAnswer(config)
    session.count += 1
    // With the query: without it everything that has one would be refused (docs/vendors/2n.md, "Signing in").
    const uri = query ? `${path}?${query}` : path
    return digestAnswer(challenge, config, { method, uri, cnonce, count: session.count })
  }

  const send = async (request: HttpRequest, call: Call): Promise<HttpAnswer> => {
    const service = serviceOf(request.path)
    const known = sessions.get(service)
    const first = await ask(request, known, call)
    if (first.status !== 401) return first
    sessions.delete(service)
    const challenge = challengeIn(first.headers.get('www-authenticate'))
    if (!challenge || (known && isSame(known.challenge, challenge))) throw signInRefused()
    // Once: the device shuts out an address that goes on with wrong credentials.
    const session: Session = { challenge, cnonce: Buffer.from(entropy.bytes(16)).toString('hex'), count: 0 }
    const second = await ask(request, session, call)
    if (second.status === 401) throw signInRefused()
    sessions.set(service, session)
    return second
  }
  return (request, call) => turn(() => send(request, call), call.signal)
}

/** The directory belongs to the system service. */
function serviceOf(path: string): string {
  const group = path.split('/')[2] ?? ''
  return group === 'dir' ? 'system' : group
}

/** The same nonce again, and not because it was too old: the answer itself was wrong. */
function isSame(before: Challenge, after: Challenge): boolean {
  if (before.scheme === 'basic' || after.scheme === 'basic') return before.scheme === after.scheme
  return before.nonce === after.nonce && !after.stale
}
