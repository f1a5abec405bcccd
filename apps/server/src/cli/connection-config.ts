import type { AnyAdapter } from '@stayward/core'
import * as z from 'zod'
import type { Problem } from './refusal.ts'

/** One field of an adapter's configuration, as a form would show it. */
export interface Field {
  readonly name: string
  readonly title: string
  readonly description?: string
  /** Whether its value may be seen: on the screen, in the shell's history. */
  readonly shown: boolean
  readonly required: boolean
  readonly type: 'string' | 'number' | 'boolean'
  readonly choices?: readonly string[]
}

export type Config = Readonly<Record<string, unknown>>

/** What `z.toJSONSchema` makes of a field; metadata stands beside the type. */
interface FieldSchema {
  readonly title?: string
  readonly description?: string
  readonly shown?: boolean
  readonly type?: string
  readonly enum?: readonly string[]
}

export function fieldsOf({ config }: AnyAdapter): readonly Field[] {
  // An object schema has this shape; a field's own schema is read with care below.
  const { properties = {}, required = [] } = z.toJSONSchema(config, { io: 'input' }) as {
    readonly properties?: Readonly<Record<string, FieldSchema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { title = name, description, shown, type, enum: choices }]) => ({
    name,
    title,
    ...(description === undefined ? {} : { description }),
    shown: shown === true,
    required: required.includes(name),
    type: type === 'boolean' ? 'boolean' : type === 'integer' || type === 'number' ? 'number' : 'string',
    ...(choices === undefined ? {} : { choices }),
  }))
}

/** What is wrong with a configuration, one sentence per problem, none of which quotes a value. */
export function configProblems(adapter: AnyAdapter, config: Config): readonly Problem[] {
  const fields = fieldsOf(adapter)
  const known = new Set(fields.map(({ name }) => name))
  const strangers = Object.keys(config).filter((name) => !known.has(name))
  const problems: Problem[] = strangers.map((name) => ({
    text: `"${name}" is not a field of ${adapter.displayName}.`,
    remedy: `It takes: ${fields.map(describeShort).join(', ')}.`,
  }))
  const checked = adapter.config.safeParse(config)
  for (const issue of checked.error?.issues ?? []) {
    const name = String(issue.path[0] ?? '')
    const field = fields.find((one) => one.name === name)
    const remedy = field?.description === undefined ? {} : { remedy: field.description }
    const named = field ? `${field.title} (${name})` : adapter.displayName
    if (field && config[name] === undefined && issue.code === 'invalid_type')
      problems.push({ text: `${named} is missing.`, ...remedy })
    else problems.push({ text: `${named}: ${sentence(issue, field)}`, ...remedy })
  }
  return problems
}

/** An adapter's own sentence is better than ours; zod's are for programmers. */
function sentence(issue: z.core.$ZodIssue, field: Field | undefined): string {
  if (!issue.message.startsWith('Invalid ')) return issue.message
  if (field?.choices) return `it has to be one of ${field.choices.join(', ')}.`
  return field?.type === 'boolean' ? 'it has to be true or false.' : `it has to be a ${field?.type ?? 'text'}.`
}

/** `--set name=value`: only for what may be seen. What is typed into a shell is kept in its history. */
export function readSetting(adapter: AnyAdapter, setting: string): { readonly config: Config } | Problem {
  const at = setting.indexOf('=')
  const name = at < 0 ? setting : setting.slice(0, at)
  const text = at < 0 ? '' : setting.slice(at + 1)
  const fields = fieldsOf(adapter)
  const field = fields.find((one) => one.name === name)
  if (!field)
    return {
      text: `"${name}" is not a field of ${adapter.displayName}.`,
      remedy: `It takes: ${fields.map(describeShort).join(', ')}.`,
    }
  if (!field.shown)
    return {
      text: `${field.title} (${name}) is secret, and what is typed here stays in the shell's history.`,
      remedy: `Write {"${name}": "…"} into a file that only you can read and give it with --config, or - for standard input. Change it at the vendor if it was typed already.`,
    }
  if (at < 0) return { text: `--set ${name} has no value.`, remedy: `Write it as --set ${name}=value.` }
  return { config: { [name]: valueOf(field, text) } }
}

/** What cannot be understood stays text, and the schema says what it should have been. */
function valueOf({ type }: Field, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  return text
}

const describeShort = ({ name, required }: Field): string => (required ? name : `${name} (optional)`)

/** For --help and refusals: what to write into the file. */
export function describeFields(adapter: AnyAdapter): readonly string[] {
  return fieldsOf(adapter).map(({ name, title, description, shown, required, choices }) => {
    const traits = [required ? 'required' : 'optional', shown ? 'may be shown' : 'secret']
    const says = [description, choices && `One of ${choices.join(', ')}.`].filter((text) => text !== undefined)
    return `${name}: ${title}, ${traits.join(', ')}. ${says.join(' ')}`.trim()
  })
}
