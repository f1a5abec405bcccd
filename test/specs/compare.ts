import type { Description } from './description.ts'
import type { Exchange } from './exchange.ts'
import type { Operation, Parameter } from './operations.ts'

/** Where an exchange and the vendor's description of it differ. */
export interface Difference {
  /** `GET /reservations`; the bare path where the description knows no such operation. */
  readonly operation: string
  /** `query`, `header`, `request`, `status` or `answer 200`, and the path inside it without positions. */
  readonly place: string
  readonly says: string
}

/**
 * What the description does not allow in this exchange. Where several operations fit the address (some vendors' paths
 * differ only in what a parameter means), the one that fits best is meant.
 */
export function differencesOf(exchange: Exchange, description: Description): readonly Difference[] {
  const url = new URL(exchange.url)
  const path = url.pathname.slice(description.basePath.length) || '/'
  const fitting = description.operations.filter(
    (operation) => operation.method === exchange.method && operation.path.test(path),
  )
  if (fitting.length === 0)
    return [{ operation: `${exchange.method} ${path}`, place: 'operation', says: 'is not described' }]
  return fitting
    .map((operation) => differences(exchange, url, operation, description))
    .reduce((best, next) => (next.length < best.length ? next : best))
}

function differences(
  exchange: Exchange,
  url: URL,
  operation: Operation,
  { check }: Description,
): readonly Difference[] {
  const say = (place: string, says: readonly string[]) =>
    says.map((each): Difference => {
      const [where = '', ...what] = each.split(' ')
      return { operation: operation.name, place: `${place}${where}`, says: what.join(' ') }
    })
  return unique([
    ...say('query', queryFaults(url, operation.query, check)),
    ...say('header', headerFaults(exchange, operation.headers)),
    ...say('request', bodyFaults(exchange, operation, check)),
    ...answerFaults(exchange, operation, check, say),
  ])
}

function queryFaults(url: URL, known: readonly Parameter[], check: Description['check']): readonly string[] {
  const given = new Map<string, string[]>()
  for (const [written, value] of url.searchParams) {
    const name = known.some((each) => each.name === written) ? written : written.replace(/\[\d*\]$/, '')
    given.set(name, [...(given.get(name) ?? []), value])
  }
  const faults = known
    .filter(({ name, required }) => required && !given.has(name) && !given.has(name.replace(/\[\]$/, '')))
    .map(({ name }) => `/${name} is required`)
  for (const [name, values] of given) {
    const parameter = known.find((each) => each.name === name || each.name === `${name}[]`)
    if (!parameter) faults.push(`/${name} is not described`)
    else faults.push(...check.text(parameter.schema, values).map((fault) => `/${name}${fault}`))
  }
  return faults
}

function headerFaults({ headers }: Exchange, known: readonly Parameter[]): readonly string[] {
  return known
    .filter(({ name, required }) => required && headers[name.toLowerCase()] === undefined)
    .map(({ name }) => `/${name.toLowerCase()} is required`)
}

function bodyFaults({ body, headers }: Exchange, operation: Operation, check: Description['check']): readonly string[] {
  if (body === undefined) return operation.body?.required ? [' is required'] : []
  if (!operation.body) return [' is not described']
  if (operation.body.json === undefined) return []
  if (!/\bjson\b/.test(headers['content-type'] ?? '')) return [' is not JSON']
  return check.json(operation.body.json, JSON.parse(body))
}

function answerFaults(
  { status, answer, answerType }: Exchange,
  { answers, name }: Operation,
  check: Description['check'],
  say: (place: string, says: readonly string[]) => readonly Difference[],
): readonly Difference[] {
  const described = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((each) => answers.has(each))
  if (described === undefined) return [{ operation: name, place: `status ${status}`, says: 'is not described' }]
  const schema = answers.get(described)
  if (schema === undefined || answer === undefined) return []
  if (!/\bjson\b/.test(answerType ?? '')) return say(`answer ${status}`, [' is not JSON'])
  return say(`answer ${status}`, check.json(schema, JSON.parse(answer)))
}

function unique(all: readonly Difference[]): readonly Difference[] {
  return [...new Map(all.map((each) => [keyOf(each), each])).values()]
}

export function keyOf({ operation, place, says }: Difference): string {
  return `${operation} · ${place} ${says}`
}
