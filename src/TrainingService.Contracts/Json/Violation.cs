namespace TrainingService.Contracts.Json;

/// <summary>One thing wrong with a request.</summary>
/// <param name="Pointer">JSON pointer to the place: <c>/model/config/layers/2/config/units</c>.</param>
/// <param name="Code">Stable word for programs: <c>unknown_field</c>, <c>out_of_range</c>, <c>shape_conflict</c>, …</param>
/// <param name="Message">What was expected and what came.</param>
/// <param name="Hint">What was probably meant, or what to do; null when there is nothing to add.</param>
public sealed record Violation(string Pointer, string Code, string Message, string? Hint = null);
