namespace TrainingService.Contracts.Json;

/// <summary>The words in <see cref="Violation.Code"/>.</summary>
public static class ViolationCodes
{
    /// <summary>A field that nobody reads.</summary>
    public const string UnknownField = "unknown_field";

    /// <summary>A field that must be there is missing.</summary>
    public const string Required = "required";

    /// <summary>A field appears twice.</summary>
    public const string DuplicateField = "duplicate_field";

    /// <summary>Another JSON type was expected.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>Null where a value is needed.</summary>
    public const string NullNotAllowed = "null_not_allowed";

    /// <summary>Not written as a whole number.</summary>
    public const string NotAnInteger = "not_an_integer";

    /// <summary>A number that no float can hold.</summary>
    public const string NotFinite = "not_finite";

    /// <summary>A number outside its range.</summary>
    public const string OutOfRange = "out_of_range";

    /// <summary>A text of the wrong length.</summary>
    public const string InvalidLength = "invalid_length";

    /// <summary>A text of the wrong form.</summary>
    public const string InvalidFormat = "invalid_format";

    /// <summary>A text with characters that cannot be stored.</summary>
    public const string InvalidText = "invalid_text";

    /// <summary>Too many entries in a list or table.</summary>
    public const string TooMany = "too_many";

    /// <summary>Too few entries in a list.</summary>
    public const string TooFew = "too_few";

    /// <summary>Objects or lists inside each other beyond the limit.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>A class name that is not in the catalog.</summary>
    public const string UnknownClass = "unknown_class";

    /// <summary>A word that is not one of those allowed.</summary>
    public const string UnknownValue = "unknown_value";

    /// <summary>A Keras feature that this engine computes only at its default.</summary>
    public const string UnsupportedValue = "unsupported_value";

    /// <summary>Shapes that do not go together.</summary>
    public const string ShapeConflict = "shape_conflict";

    /// <summary>Two things have one name.</summary>
    public const string DuplicateName = "duplicate_name";

    /// <summary>A file name that the service itself uses.</summary>
    public const string ReservedName = "reserved_name";

    /// <summary>A data set that does not exist.</summary>
    public const string UnknownDataset = "unknown_dataset";

    /// <summary>A split that the data set does not have.</summary>
    public const string UnknownSplit = "unknown_split";

    /// <summary>Pipeline steps in an order that makes no sense.</summary>
    public const string PipelineOrder = "pipeline_order";

    /// <summary>Nothing is left to train or evaluate on.</summary>
    public const string NoRows = "no_rows";

    /// <summary>A figure that the logs will not have.</summary>
    public const string UnknownMonitor = "unknown_monitor";

    /// <summary>Fields that exclude each other.</summary>
    public const string Conflict = "conflict";

    /// <summary>The model has no weight that could be trained.</summary>
    public const string NothingToTrain = "nothing_to_train";

    /// <summary>More memory than the limit.</summary>
    public const string TooLarge = "too_large";
}
