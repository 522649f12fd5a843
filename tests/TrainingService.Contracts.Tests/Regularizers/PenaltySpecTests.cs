using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Regularizers;

public sealed class PenaltySpecTests
{
    private static Violation RefusedIn<T>(string json) where T : class
    {
        Assert.Null(ContractsJson.TryRead<T>(Samples.Raw(json), out var violations));
        return Assert.Single(violations);
    }

    private static T Read<T>(string json) where T : class
    {
        var spec = ContractsJson.TryRead<T>(Samples.Raw(json), out var violations);
        Assert.Empty(violations);
        return spec!;
    }

    [Theory]
    [InlineData("L1", """{"l1": -0.1}""", "l1", ViolationCodes.OutOfRange)]
    [InlineData("L2", """{"l2": "0.1"}""", "l2", ViolationCodes.WrongType)]
    [InlineData("L2", """{"l1": 0.1}""", "l1", ViolationCodes.UnknownField)]
    [InlineData("L1L2", """{"l1": 0.1, "l2": -1}""", "l2", ViolationCodes.OutOfRange)]
    [InlineData("OrthogonalRegularizer", """{"factor": -1}""", "factor", ViolationCodes.OutOfRange)]
    [InlineData("OrthogonalRegularizer", """{"mode": "diagonals"}""", "mode", ViolationCodes.UnknownValue)]
    public void A_wrong_regularizer_is_refused(string regularizer, string config, string field, string code)
    {
        var violation = RefusedIn<RegularizerSpec>($$"""{"class_name": "{{regularizer}}", "config": {{config}} }""");
        Assert.Equal(($"/config/{field}", code), (violation.Pointer, violation.Code));
    }

    [Theory]
    [InlineData("MaxNorm", """{"max_value": -1}""", "max_value", ViolationCodes.OutOfRange)]
    [InlineData("MaxNorm", """{"axis": "last"}""", "axis", ViolationCodes.WrongType)]
    [InlineData("MaxNorm", """{"axis": []}""", "axis", ViolationCodes.WrongType)]
    [InlineData("MaxNorm", """{"axis": [0, 99]}""", "axis/1", ViolationCodes.OutOfRange)]
    [InlineData("MinMaxNorm", """{"rate": 1.5}""", "rate", ViolationCodes.OutOfRange)]
    [InlineData("MinMaxNorm", """{"min_value": 2, "max_value": 1}""", "max_value", ViolationCodes.Conflict)]
    [InlineData("UnitNorm", """{"axis": 1.5}""", "axis", ViolationCodes.NotAnInteger)]
    [InlineData("NonNeg", """{"axis": 0}""", "axis", ViolationCodes.UnknownField)]
    public void A_wrong_constraint_is_refused(string constraint, string config, string field, string code)
    {
        var violation = RefusedIn<ConstraintSpec>($$"""{"class_name": "{{constraint}}", "config": {{config}} }""");
        Assert.Equal(($"/config/{field}", code), (violation.Pointer, violation.Code));
    }

    [Fact]
    public void Bare_names_have_Keras_s_factors()
    {
        Assert.Equal(new L1(0.01), Read<RegularizerSpec>("\"l1\""));
        Assert.Equal(new L2(0.01), Read<RegularizerSpec>("\"L2\""));
        Assert.Equal(new L1L2(0.01, 0.01), Read<RegularizerSpec>("\"l1_l2\""));
        Assert.Equal(new L1L2(), Read<RegularizerSpec>("\"l1l2\""));
        Assert.Equal(new L1L2(), Read<RegularizerSpec>("""{"class_name": "L1L2", "config": {} }"""));
        Assert.Equal(new MaxNorm(2), Read<ConstraintSpec>("\"max_norm\""));
        Assert.Equal(new NonNeg(), Read<ConstraintSpec>("\"non_neg\""));
        Assert.Equal(new UnitNorm(new NormAxes([])), Read<ConstraintSpec>("""{"class_name": "UnitNorm", "config": {"axis": null} }"""));
    }

    [Fact]
    public void A_job_whose_kernel_cannot_be_constrained_so_is_refused_at_the_layer_s_field()
    {
        var job = Samples.Regression().With("/model/config/layers/1/config/kernel_constraint", """{"class_name": "MaxNorm", "config": {"axis": [0, 1, 2]} }""");
        var violation = Samples.RefuseOne(job);
        Assert.Equal(("/model/config/layers/1/config/kernel_constraint", ViolationCodes.ShapeConflict), (violation.Pointer, violation.Code));
        Assert.Contains("expected axes of a weight of shape (16, 1). Received: [0, 1, 2].", violation.Message);
    }

    [Fact]
    public void A_weight_says_which_field_of_its_layer_does_not_go_with_its_shape()
    {
        var weight = new WeightSpec("kernel", new Shape(3, 3, 1, 8), new GlorotUniform());
        weight.Check();
        Assert.Equal("kernel_regularizer", Assert.Throws<SpecException>((weight with { Regularizer = new OrthogonalRegularizer() }).Check).Field);
        Assert.Equal("kernel_constraint", Assert.Throws<SpecException>((weight with { Constraint = new MaxNorm(Axis: new NormAxes(4)) }).Check).Field);
        Assert.Equal("kernel_initializer", Assert.Throws<SpecException>((weight with { Initializer = new IdentityMatrix() }).Check).Field);
    }

    [Fact]
    public void A_weight_that_cannot_be_penalized_or_constrained_so_is_refused()
    {
        Assert.Throws<SpecException>(() => new OrthogonalRegularizer().CheckShape(new Shape(3, 3, 1, 8)));
        Assert.Throws<SpecException>(() => new OrthogonalRegularizer().CheckShape(new Shape(1, 8)));
        new OrthogonalRegularizer().CheckShape(new Shape(4, 8));
        Assert.Equal("axis", Assert.Throws<SpecException>(() => new MaxNorm(Axis: new NormAxes(2)).CheckShape(new Shape(4, 8))).Field);
        Assert.Throws<SpecException>(() => new UnitNorm(new NormAxes(1, -1)).CheckShape(new Shape(4, 8)));
        new UnitNorm(new NormAxes(0, -1)).CheckShape(new Shape(4, 8));
    }
}
