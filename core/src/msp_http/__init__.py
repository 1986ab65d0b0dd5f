"""The HTTP glue that both apps share: answers, sign-in, paging, ETags, OpenAPI, Functions."""
