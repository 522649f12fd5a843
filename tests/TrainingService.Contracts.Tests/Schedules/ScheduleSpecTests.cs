using TrainingService.Contracts.Json;
using TrainingService.Contracts.Schedules;

namespace TrainingService.Contracts.Tests.Schedules;

public sealed class ScheduleSpecTests
{
    [Theory]
    [InlineData("ExponentialDecay", """{"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.9}""", "decay_steps", ViolationCodes.OutOfRange)]
    [InlineData("ExponentialDecay", """{"initial_learning_rate": 0.1, "decay_steps": 10}""", "decay_rate", ViolationCodes.Required)]
    [InlineData("ExponentialDecay", """{"initial_learning_rate": -0.1, "decay_steps": 10, "decay_rate": 0.9}""", "initial_learning_rate", ViolationCodes.OutOfRange)]
    [InlineData("InverseTimeDecay", """{"initial_learning_rate": 0.1, "decay_steps": "10", "decay_rate": 0.9}""", "decay_steps", ViolationCodes.WrongType)]
    [InlineData("InverseTimeDecay", """{"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9, "staircase": 1}""", "staircase", ViolationCodes.WrongType)]
    [InlineData("PolynomialDecay", """{"initial_learning_rate": 0.1, "decay_steps": -1}""", "decay_steps", ViolationCodes.OutOfRange)]
    [InlineData("PolynomialDecay", """{"initial_learning_rate": 0.1, "decay_steps": 10, "power": -1}""", "power", ViolationCodes.OutOfRange)]
    [InlineData("PiecewiseConstantDecay", """{"boundaries": [1, 2], "values": [0.1, 0.2]}""", "values", ViolationCodes.Conflict)]
    [InlineData("PiecewiseConstantDecay", """{"boundaries": [], "values": [0.1]}""", "boundaries", ViolationCodes.Conflict)]
    [InlineData("PiecewiseConstantDecay", """{"boundaries": [5, 2], "values": [0.1, 0.2, 0.3]}""", "boundaries", ViolationCodes.Conflict)]
    [InlineData("PiecewiseConstantDecay", """{"boundaries": [5], "values": [0.1, -0.2]}""", "values", ViolationCodes.Conflict)]
    [InlineData("PiecewiseConstantDecay", """{"boundaries": 5, "values": [0.1, 0.2]}""", "boundaries", ViolationCodes.WrongType)]
    [InlineData("CosineDecay", """{"initial_learning_rate": 0.1, "decay_steps": 10, "alpha": -0.1}""", "alpha", ViolationCodes.OutOfRange)]
    [InlineData("CosineDecay", """{"initial_learning_rate": 0.1, "decay_steps": 10, "warmup_target": 0.1, "warmup_steps": -1}""", "warmup_steps", ViolationCodes.OutOfRange)]
    [InlineData("CosineDecayRestarts", """{"initial_learning_rate": 0.1, "first_decay_steps": 0}""", "first_decay_steps", ViolationCodes.OutOfRange)]
    [InlineData("CosineDecayRestarts", """{"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 0}""", "t_mul", ViolationCodes.OutOfRange)]
    [InlineData("LinearWarmup", """{"warmup_steps": 10}""", "learning_rate", ViolationCodes.Required)]
    [InlineData("LinearWarmup", """{"learning_rate": -1, "warmup_steps": 10}""", "learning_rate", ViolationCodes.OutOfRange)]
    [InlineData("OneCycle", """{"max_learning_rate": 0, "total_steps": 100}""", "max_learning_rate", ViolationCodes.OutOfRange)]
    [InlineData("OneCycle", """{"max_learning_rate": 0.1, "total_steps": 100, "warmup_fraction": 1.5}""", "warmup_fraction", ViolationCodes.OutOfRange)]
    public void A_wrong_field_is_refused_where_it_stands(string schedule, string config, string field, string code)
    {
        Assert.Null(ContractsJson.TryRead<LearningRateScheduleSpec>(Samples.Raw($$"""{"class_name": "{{schedule}}", "config": {{config}} }"""), out var violations));
        Assert.Equal(($"/config/{field}", code), (Assert.Single(violations).Pointer, violations[0].Code));
    }

    [Fact]
    public void A_schedule_has_no_bare_name() => Assert.Null(ContractsJson.TryRead<LearningRateScheduleSpec>(Samples.Raw("\"CosineDecay\""), out _));
}
