import { describeReadme } from '@stayward/core/testing'
import smsFactor from '../src/adapter.ts'

describeReadme(smsFactor, new URL('../README.md', import.meta.url), new URL('try-it.ts', import.meta.url))
