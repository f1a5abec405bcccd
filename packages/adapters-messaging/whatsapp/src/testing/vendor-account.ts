import { HttpResponse } from 'msw'
import * as z from 'zod'
import { graphError } from './vendor-answers.ts'
import type { AccountState, NumberState, Room } from './vendor-state.ts'

export function answerNumber(number: NumberState, fields: readonly string[]): Response {
  const all: Readonly<Record<string, unknown>> = {
    id: number.id,
    display_phone_number: number.display,
    verified_name: number.name,
    quality_rating: number.quality,
    status: number.status,
    code_verification_status: 'VERIFIED',
    platform_type: 'CLOUD_API',
    health_status: { can_send_message: number.status === 'CONNECTED' ? 'AVAILABLE' : 'BLOCKED', entities: [] },
  }
  const asked = fields.length === 0 ? Object.keys(all) : ['id', ...fields]
  return HttpResponse.json(Object.fromEntries(asked.filter((name) => name in all).map((name) => [name, all[name]])))
}

export function answerSubscribed(account: AccountState): Response {
  const app = { whatsapp_business_api_data: { id: '236484624622562', name: 'Test app', link: 'https://app.example' } }
  return HttpResponse.json({ data: account.subscribed ? [app] : [] })
}

/** Pages of `limit` rows with a cursor. */
export function answerTemplates({ templates }: AccountState, query: URLSearchParams): Response {
  const limit = Math.max(1, Number(query.get('limit') ?? 25))
  const start = Number(query.get('after') ?? 0)
  const data = templates.slice(start, start + limit).map((template, index) => ({
    id: String(start + index + 1),
    name: template.name,
    language: template.language,
    status: template.status,
    category: template.category,
    parameter_format: template.format,
    components: [{ type: 'BODY', text: template.body }],
  }))
  const after = String(start + limit)
  const more = start + limit < templates.length
  return HttpResponse.json({
    data,
    paging: { cursors: { before: String(start), after }, ...(more ? { next: 'https://graph.facebook.com/next' } : {}) },
  })
}

const newTemplate = z.object({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/),
  language: z.string(),
  category: z.enum(['UTILITY', 'MARKETING', 'AUTHENTICATION']),
  parameter_format: z.enum(['NAMED', 'POSITIONAL']).optional(),
  components: z.array(z.object({ type: z.string(), text: z.string().optional() })),
})

export function answerNewTemplate({ nextId }: Room, { templates }: AccountState, body: unknown): Response {
  const parsed = newTemplate.safeParse(body)
  if (!parsed.success) return graphError({ code: 100 })
  const { name, language, category, parameter_format: format = 'POSITIONAL', components } = parsed.data
  if (templates.some((one) => one.name === name && one.language === language)) return graphError({ code: 2388024 })
  const text = components.find(({ type }) => type === 'BODY')?.text ?? ''
  if (/^\{\{|\}\}$/.test(text.trim())) return graphError({ code: 2388299 })
  templates.push({ name, language, status: 'PENDING', category, format, body: text })
  return HttpResponse.json({ id: String(nextId()), status: 'PENDING', category })
}
