/** The two lines that a text of stacksampler begins with, each with seconds. */
export const ELAPSED = /^elapsed ([\d.]+(?:e[-+]?\d+)?)$/;
export const GRANULARITY = /^granularity ([\d.]+(?:e[-+]?\d+)?)$/;
