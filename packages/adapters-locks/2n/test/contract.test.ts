import { describeIntercom } from '@stayward/core/testing'
import { subject } from './subject.ts'

describeIntercom(subject)
