using System.ComponentModel.DataAnnotations;

namespace TrainingService.Contracts.Json;

/// <summary>The attributes of a field that say what its value must obey.</summary>
/// <param name="Range">Of a number, or of each number of a size or list.</param>
/// <param name="Length">Of a text.</param>
/// <param name="Form">Of a text.</param>
/// <param name="MaxCount">Of a list or table.</param>
/// <param name="MinCount">Of a shape's axes or a list.</param>
/// <param name="EachLength">Of the texts in a list or table.</param>
/// <param name="DefaultOnly">Whether only the default is computed.</param>
/// <param name="AcceptsBatch">Whether a frequency may be <c>"batch"</c>.</param>
/// <param name="NullAllowed">Whether null is a value, though not the default.</param>
/// <param name="DtypePolicy">Whether it is a dtype policy.</param>
internal sealed record ValueRules(
    (double Minimum, double Maximum)? Range, StringLengthAttribute? Length, RegularExpressionAttribute? Form, int? MaxCount, int MinCount,
    EachLengthAttribute? EachLength, bool DefaultOnly, bool AcceptsBatch, bool NullAllowed, bool DtypePolicy)
{
    /// <summary>Of a size per spatial axis: how many axes there are.</summary>
    public int SpatialAxes { get; init; }

    /// <summary>Whether the only entry of a shape or list may stand without a list.</summary>
    public bool OrSingle { get; init; }

    /// <summary>Whether a number may be <c>"auto"</c>, which is null.</summary>
    public bool AcceptsAuto { get; init; }

    /// <summary>Whether it is written only when it is set.</summary>
    public bool OmittedWhenNull { get; init; }

    public static ValueRules None { get; } = Of([]);

    public static ValueRules Of(IReadOnlyList<object> attributes)
    {
        var range = attributes.OfType<RangeAttribute>().SingleOrDefault();
        return new ValueRules(
            range is null ? null : (Convert.ToDouble(range.Minimum), Convert.ToDouble(range.Maximum)),
            attributes.OfType<StringLengthAttribute>().SingleOrDefault(),
            attributes.OfType<RegularExpressionAttribute>().SingleOrDefault(),
            attributes.OfType<MaxLengthAttribute>().SingleOrDefault()?.Length,
            attributes.OfType<MinLengthAttribute>().SingleOrDefault()?.Length ?? 0,
            attributes.OfType<EachLengthAttribute>().SingleOrDefault(),
            attributes.OfType<DefaultOnlyAttribute>().Any(),
            attributes.OfType<AcceptsBatchAttribute>().Any(),
            attributes.OfType<NullAllowedAttribute>().Any(),
            attributes.OfType<DtypePolicyAttribute>().Any())
        {
            AcceptsAuto = attributes.OfType<AcceptsAutoAttribute>().Any(),
            OrSingle = attributes.OfType<OrSingleAttribute>().Any(),
            OmittedWhenNull = attributes.OfType<OmittedWhenNullAttribute>().Any(),
        };
    }
}
