"""Bytes to values and back, pure: the whole knowledge of the service's format.

In: an operation to encode, or status, headers and bytes to decode. Out: a request, an answer or an error of ours.
Nothing here awaits, reads a clock or touches a file, so every rule is tested with literals.
`codec` is the way in; the other modules each know one format: error envelopes, job ids, multipart forms, server-sent
events, download links, byte ranges and access tokens.
"""
