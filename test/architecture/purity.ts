import { Visitor } from 'oxc-parser'
import { programOf, type Source } from './source.ts'

/** Globals that wait, look at a clock, throw dice, talk, or reach outside. */
const outside = new Set(
  `console process globalThis performance crypto fetch navigator Buffer Promise Atomics Worker
   setTimeout setInterval setImmediate queueMicrotask`.split(/\s+/),
)

/** What a file of the domain does that is not values in, values out: waiting, clocks, dice, logs. */
export function impurities(source: Source): readonly string[] {
  const found: string[] = []
  /** Where a name only names a member: `step.process` is no global. */
  const names = new Set<number>()
  const report = (what: string, { start }: { readonly start: number }) => {
    found.push(`${source.path}:${source.text.slice(0, start).split('\n').length}: ${what}`)
  }
  const isCalled = (node: { readonly async: boolean; readonly start: number }) => {
    if (node.async) report('async', node)
  }
  const named = (node: { readonly computed: boolean; readonly key: { readonly start: number } }) => {
    if (!node.computed) names.add(node.key.start)
  }
  new Visitor({
    FunctionDeclaration: isCalled,
    FunctionExpression: isCalled,
    ArrowFunctionExpression: isCalled,
    AwaitExpression: (node) => report('await', node),
    ForOfStatement: (node) => {
      if (node.await) report('for await', node)
    },
    MemberExpression: (node) => {
      const owner = node.object.type === 'Identifier' ? node.object.name : ''
      const name = node.property.type === 'Identifier' ? node.property.name : ''
      if (forbiddenMembers.has(`${owner}.${name}`)) report(`${owner}.${name}`, node)
      if (!node.computed) names.add(node.property.start)
    },
    Property: (node) => {
      if (!node.shorthand) named(node)
    },
    PropertyDefinition: named,
    MethodDefinition: named,
    TSPropertySignature: named,
    TSMethodSignature: named,
    NewExpression: (node) => {
      if (isNamed(node.callee, 'Date') && node.arguments.length === 0) report('new Date()', node)
    },
    CallExpression: (node) => {
      if (isNamed(node.callee, 'Date')) report('Date()', node)
    },
    Identifier: (node) => {
      if (outside.has(node.name) && !names.has(node.start)) report(node.name, node)
    },
  }).visit(programOf(source))
  return found
}

const forbiddenMembers = new Set(['Date.now', 'Math.random', 'Temporal.Now'])

/** `Temporal` anywhere but in the one file that turns civil time into instants: Node 22 has none. */
export function temporalOutOfPlace(source: Source): readonly string[] {
  if (source.path.endsWith('core/src/domain/civil-time.ts')) return []
  return mentions(source, 'Temporal')
}

/** `Date` as a type: what crosses a port or a store is text. */
export function dateTypes(source: Source): readonly string[] {
  const found: string[] = []
  new Visitor({
    TSTypeReference: (node) => {
      if (isNamed(node.typeName, 'Date')) found.push(`${source.path}: a Date where an Instant belongs`)
    },
  }).visit(programOf(source))
  return found
}

function mentions(source: Source, name: string): readonly string[] {
  const found: string[] = []
  new Visitor({
    Identifier: (node) => {
      if (node.name === name) found.push(`${source.path} -> ${name}`)
    },
  }).visit(programOf(source))
  return [...new Set(found)]
}

function isNamed(node: { readonly type: string }, name: string): boolean {
  return node.type === 'Identifier' && 'name' in node && node.name === name
}
