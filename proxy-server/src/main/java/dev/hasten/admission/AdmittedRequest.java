package dev.hasten.admission;

import dev.hasten.activity.RequestActivity;
import dev.hasten.auth.ApiKey;
import dev.hasten.http.Exchange;

/**
 * A complete request with a valid API key.
 *
 * @param database the database of the key
 * @param activity what the request is doing, for operators
 */
public record AdmittedRequest(Exchange exchange, ApiKey apiKey, Database database, RequestActivity activity) {}
