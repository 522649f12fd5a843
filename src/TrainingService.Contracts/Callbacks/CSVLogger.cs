using System.ComponentModel.DataAnnotations;

namespace TrainingService.Contracts.Callbacks;

/// <summary>Writes a row per epoch to a CSV artifact.</summary>
/// <param name="Filename">Name of the artifact. Default: <c>history.csv</c>, which every job writes anyway.</param>
/// <param name="Separator">Default: a comma.</param>
/// <param name="Append">Go on behind the rows of an earlier fit of this job instead of replacing them. Default: false.</param>
public sealed record CSVLogger(
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", ErrorMessage = "a file name of letters, digits, '.', '_' and '-', at most 100")] string Filename = "history.csv",
    [StringLength(1, MinimumLength = 1)] string Separator = ",",
    bool Append = false) : CallbackSpec;
