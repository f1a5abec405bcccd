import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * Names under which something could be logged that must not be. A second line of defence: code does not log these in
 * the first place.
 */
const secret = [
  'apiKey',
  'authorization',
  'body',
  'code',
  'config',
  'cookie',
  'email',
  'guest',
  'headers',
  'key',
  'name',
  'password',
  'payload',
  'phone',
  'pin',
  'query',
  'rawBody',
  'secret',
  'text',
  'to',
  'token',
  'url',
]

/** The hub's log: JSON lines with an ISO time, a level's name and a message. */
export function createLog(options: { readonly level: LogLevel; readonly destination?: DestinationStream }): Log {
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secret.flatMap((word) => [word, `*.${word}`, `*.*.${word}`]), censor: '[hidden]' },
    serializers: { err: plainError, error: plainError },
  }
  return options.destination ? pino(settings, options.destination) : pino(settings)
}

/**
 * Of an error only what cannot hold a tenant's data: its class, its machine code and where it was thrown. Messages of
 * drivers quote parameters and rows (`Key (token_hash)=(…) already exists`), so they stay out.
 */
function plainError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown } // Node and PostgreSQL errors carry one; others do not
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    type: error.name,
    ...(typeof code === 'string' ? { errorCode: code } : {}),
    ...(stack.length > 0 ? { at: stack.slice(0, 8).map((line) => line.trim()) } : {}),
    ...(error.cause === undefined ? {} : { cause: plainError(error.cause) }),
  }
}
